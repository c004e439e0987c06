#!/usr/bin/env node
/** `merge-lab` on the PATH: the command line with the Node that runs it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode, runsTypeScript } from './setup/node.mjs';
import { show } from './setup/process.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'cli', 'main.ts');

if (runsTypeScript(process.version)) {
  await import('../cli/main.ts');
} else {
  const node = findNode(root);
  if (node) {
    process.exitCode = await show(node, [main, ...process.argv.slice(2)]);
  } else {
    process.stderr.write(
      `merge-lab needs Node 22.18 or newer; this is ${process.version}.\nRun \`npm run -s merge-lab -- doctor\` in ${root} once, or install Node 22 or newer.\n`,
    );
    process.exitCode = 1;
  }
}
