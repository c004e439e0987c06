/** Tests that run inside the extension host, as one file for it: `dist/test/in-host.cjs`. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '..', '..');
const folder = path.join(root, 'test', 'editor', 'in-host');

/** @returns the file, whose `run()` VS Code calls */
export async function buildInHostTests(): Promise<string> {
  const outfile = path.join(root, 'dist', 'test', 'in-host.cjs');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => `./${name.split(path.sep).join('/')}`);
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
