/** `node test/editor/in-host-suite.ts [--grep WORDS]`: the in-host suites, to their end; totals in `.tools/in-host.json`. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension } from '../../scripts/build/extension.ts';
import { buildInHostTests } from '../../scripts/build/in-host-tests.ts';
import { type InHostRun, runInHost } from './in-host-run.ts';
import { root } from './installed.ts';
import type { Sample } from './sample.ts';

const MARK = 'in-host| ';
const LIMIT_MS = 10 * 60_000;

interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const { values } = parseArgs({ options: { grep: { type: 'string', short: 'g' } } });
const report = path.join(root, '.tools', 'in-host.json');
mkdirSync(path.dirname(report), { recursive: true });
rmSync(report, { force: true });
await buildExtension();

const suites = [
  await runSuite('', {}),
  await runSuite('untrusted', { untrusted: true, prepare: withSomethingToSpoil }),
];
const sum = (name: keyof Totals): number => suites.reduce((all, totals) => all + totals[name], 0);
const totals: Totals = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
writeFileSync(report, JSON.stringify(totals));
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed${skipped}\n`);
process.exitCode = totals.failed === 0 ? 0 : 1;

async function runSuite(suite: string, options: Pick<InHostRun, 'untrusted' | 'prepare'>): Promise<Totals> {
  const name = `in-host${suite && `-${suite}`}`;
  const own = path.join(root, '.tools', `${name}-suite.json`);
  rmSync(own, { force: true });
  const code = await runInHost({
    name,
    extension: root,
    tests: await buildInHostTests(suite),
    env: {
      MERGE_LAB_TEST_REPORT: own,
      ...(values.grep ? { MERGE_LAB_TEST_GREP: values.grep } : {}),
    },
    limitMs: LIMIT_MS,
    onLine: (line) => {
      if (line.startsWith(MARK)) process.stdout.write(`${line.slice(MARK.length)}\n`);
    },
    ...options,
  });
  const totals: Totals = JSON.parse(readFileSync(own, 'utf8'));
  return code !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}

/** Results to discard, and settings that name a Python of the folder's own. */
function withSomethingToSpoil({ folder }: Sample): void {
  const results = path.join(folder, '.mergelab', 'local', 'results');
  mkdirSync(results, { recursive: true });
  writeFileSync(path.join(results, 'kept.jsonl'), '');
  mkdirSync(path.join(folder, '.vscode'));
  writeFileSync(path.join(folder, '.vscode', 'settings.json'), '{ "mergeLab.python": "/folder/python" }');
}
