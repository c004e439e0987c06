/** Tests that run inside the extension host, each suite as one file for it in `dist/test`. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '..', '..');
const folder = path.join(root, 'test', 'editor', 'in-host');

/**
 * @param suite a folder of tests in `test/editor/in-host`; empty for those that lie there themselves
 * @returns the file, whose `run()` VS Code calls
 */
export async function buildInHostTests(suite: string): Promise<string> {
  const outfile = path.join(root, 'dist', 'test', `in-host${suite && `-${suite}`}.cjs`);
  const files = readdirSync(path.join(folder, suite))
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => `./${path.posix.join(suite, name)}`);
  // Each is loaded when mocha is ready for it, not before.
  const loads = files.map((file) => `[${JSON.stringify(file)}, () => require(${JSON.stringify(file)})]`);
  await build({
    stdin: {
      contents: `import { runMocha } from './run-mocha.ts';\nexport const run = () => runMocha([${loads.join(', ')}]);\n`,
      resolveDir: folder,
      sourcefile: 'index.ts',
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    // mocha is found from `dist/test` in the checkout.
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'warning',
  });
  return outfile;
}
