/** The long studies: coverage of the law's intervals by simulation, and random faults against the agent. Needs the set-up. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { show } from './setup/process.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const python = process.env['MERGE_LAB_PYTHON'] ?? 'python3';
const studies = [
  {
    name: 'coverage of the intervals',
    run: () =>
      show(process.execPath, [join(root, 'scripts', 'soak-coverage.ts'), ...process.argv.slice(2)], {
        cwd: root,
      }),
  },
  {
    name: 'random faults against the agent',
    run: () => show(python, ['-m', 'pytest', '-q', '-m', 'soak'], { cwd: join(root, 'agent') }),
  },
];

let failed = 0;
for (const study of studies) {
  process.stdout.write(`\n== ${study.name}\n`);
  if ((await study.run()) !== 0) failed += 1;
}
process.stdout.write(`\n${studies.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
