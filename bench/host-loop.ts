/** How long the extension's host is blocked during a live run of the sample, in a real VS Code. `node bench/host-loop.ts` */
import path from 'node:path';
import { build } from 'esbuild';
import { buildAll } from '../scripts/build/all.ts';
import { runInHost } from '../test/editor/in-host-run.ts';
import { root } from '../test/editor/installed.ts';

await buildAll();
const tests = path.join(root, 'dist', 'test', 'host-loop.cjs');
await build({
  entryPoints: [path.join(import.meta.dirname, 'in-host', 'host-loop.ts')],
  outfile: tests,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
  logLevel: 'warning',
});
process.exitCode = await runInHost({
  name: 'host-loop',
  extension: root,
  tests,
  limitMs: 500_000,
  onLine: (line) => {
    if (line.includes('BENCH')) process.stdout.write(`${line.replace(/^.*BENCH /, '')}\n`);
  },
});
