/**
 * The long studies: what intervals and warnings are worth, by simulation, and random faults against the agent.
 * `npm run soak [-- REPLICATES]`; needs the set-up. `node scripts/simulations.ts` then writes docs/simulations.md.
 */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { show } from './setup/process.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const python = process.env['MERGE_LAB_PYTHON'] ?? 'python3';
const replicates = process.argv.slice(2, 3);

const simulations = readdirSync(join(root, 'scripts'))
  .filter((name) => /^soak-.*\.ts$/.test(name))
  .sort()
  .map((name) => ({
    name,
    run: () => show(process.execPath, [join(root, 'scripts', name), ...replicates], { cwd: root }),
  }));
const faults = {
  name: 'random faults against the agent',
  run: () => show(python, ['-m', 'pytest', '-q', '-m', 'soak'], { cwd: join(root, 'agent') }),
};

let passed = 0;
let failed = 0;
for (const study of [...simulations, faults]) {
  process.stdout.write(`\n== ${study.name}\n`);
  if ((await study.run()) === 0) passed += 1;
  else failed += 1;
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
