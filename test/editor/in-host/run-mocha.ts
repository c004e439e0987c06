/** mocha inside the extension host; whoever started VS Code reads its lines from the log and its totals from a file. */
import { writeFileSync } from 'node:fs';
import type Mocha from 'mocha';

/** Of lines that are mocha's among everything that VS Code logs. */
const MARK = 'in-host| ';

export type TestFile = readonly [name: string, load: () => unknown];

/** Rejects where a test fails, which VS Code turns into its exit code. */
export async function runMocha(files: readonly TestFile[]): Promise<void> {
  process.setSourceMapsEnabled(true);
  const { default: MochaClass } = await import('mocha');
  const mocha = new MochaClass({
    ui: 'bdd',
    timeout: 120_000,
    forbidOnly: process.env['CI'] !== undefined,
  });
  mocha.reporter(Lines as unknown as Mocha.ReporterConstructor);
  const grep = process.env['MERGE_LAB_TEST_GREP'];
  if (grep) mocha.grep(new RegExp(grep, 'i'));
  for (const [name, load] of files) {
    mocha.suite.emit('pre-require', globalThis, name, mocha);
    mocha.suite.emit('require', load(), name, mocha);
    mocha.suite.emit('post-require', globalThis, name, mocha);
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}

/** mocha asks a reporter for no more than to listen. */
class Lines {
  readonly #totals = { passed: 0, failed: 0, skipped: 0 };

  constructor(runner: Mocha.Runner) {
    let indent = 0;
    runner.on('suite', (suite) => {
      if (!suite.root) say(`${'  '.repeat(indent)}${suite.title}`);
      indent += 1;
    });
    runner.on('suite end', () => {
      indent -= 1;
    });
    runner.on('pass', (test) => {
      this.#totals.passed += 1;
      say(`${'  '.repeat(indent)}✓ ${test.title} (${test.duration} ms)`);
    });
    runner.on('pending', (test) => {
      this.#totals.skipped += 1;
      say(`${'  '.repeat(indent)}- ${test.title}`);
    });
    // A hook that fails is told here too.
    runner.on('fail', (test, error: unknown) => {
      this.#totals.failed += 1;
      say(`${'  '.repeat(indent)}✗ ${test.fullTitle()}`);
      for (const line of words(error).split('\n')) say(`${'  '.repeat(indent + 1)}${line}`);
    });
    runner.on('end', () => {
      const report = process.env['MERGE_LAB_TEST_REPORT'];
      if (report) writeFileSync(report, JSON.stringify(this.#totals));
    });
  }
}

function words(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function say(line: string): void {
  console.log(`${MARK}${line}`);
}
