/** `node test/editor/in-host-suite.ts [--grep WORDS]`: the in-host suite, to its end; totals in `.tools/in-host.json`. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension } from '../../scripts/build/extension.ts';
import { buildInHostTests } from '../../scripts/build/in-host-tests.ts';
import { runInHost } from './in-host-run.ts';
import { root } from './installed.ts';

const MARK = 'in-host| ';
const LIMIT_MS = 10 * 60_000;

const { values } = parseArgs({ options: { grep: { type: 'string', short: 'g' } } });
const report = path.join(root, '.tools', 'in-host.json');
mkdirSync(path.dirname(report), { recursive: true });
rmSync(report, { force: true });

const [tests] = await Promise.all([buildInHostTests(), buildExtension()]);
const code = await runInHost({
  name: 'in-host',
  extension: root,
  tests,
  env: {
    MERGE_LAB_TEST_REPORT: report,
    ...(values.grep ? { MERGE_LAB_TEST_GREP: values.grep } : {}),
  },
  limitMs: LIMIT_MS,
  onLine: (line) => {
    if (line.startsWith(MARK)) process.stdout.write(`${line.slice(MARK.length)}\n`);
  },
});
const { passed, failed, skipped } = JSON.parse(readFileSync(report, 'utf8'));
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = code === 0 && failed === 0 ? 0 : 1;
