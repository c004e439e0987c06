import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../runner/setup/process.mjs';
import { environment } from './setup/environment.mjs';
import { show } from './setup/process.mjs';

/** @typedef {import('./commands.mjs').Tools} Tools */
/** @typedef {{passed: number, failed: number, skipped: number}} Totals */
/**
 * @typedef {{name: string, program: 'node' | 'python', args: (root: string) => string[], cwd?: string,
 *   totals?: (root: string) => Totals}} Check a check without totals counts as one
 */

/** @type {Record<'lint' | 'typecheck', readonly Check[]>} */
export const checks = {
  lint: [
    {
      name: 'biome',
      program: 'node',
      args: (root) => [bin(root, '@biomejs/biome', 'bin', 'biome'), 'check', '.'],
    },
    { name: 'ruff check', program: 'python', args: () => ['-m', 'ruff', 'check', 'agent'] },
    { name: 'ruff format', program: 'python', args: () => ['-m', 'ruff', 'format', '--check', 'agent'] },
    { name: 'ruff check elsewhere', program: 'python', args: () => ['-m', 'ruff', 'check', ...elsewhere] },
    {
      name: 'ruff format elsewhere',
      program: 'python',
      args: () => ['-m', 'ruff', 'format', '--check', ...elsewhere],
    },
  ],
  typecheck: [
    { name: 'tsc', program: 'node', args: (root) => [bin(root, 'typescript', 'bin', 'tsc'), '-p', '.'] },
    {
      name: 'tsc, for the dashboard',
      program: 'node',
      args: (root) => [bin(root, 'typescript', 'bin', 'tsc'), '-p', 'webview'],
    },
    { name: 'mypy', program: 'python', args: () => ['-m', 'mypy', 'merge_lab_agent'], cwd: 'agent' },
  ],
};

/** Python outside the agent's package, by the same rules. */
const elsewhere = ['--config', join('agent', 'pyproject.toml'), 'bench', 'examples', 'test'];

export const tests = {
  typescript: () => vitest('vitest', []),
  /** Without the folders that start processes and train models. */
  quickTypescript: () =>
    vitest('vitest, quick', [
      '--exclude',
      'test/{runner,ssh,scripts,examples,cli,extension/with-agent,webview/browser}/**',
    ]),
  /** Inside the extension host of a real VS Code. @param {readonly string[]} [more] */
  inHost: (more = []) => ({
    name: 'mocha in VS Code',
    program: /** @type {const} */ ('node'),
    args: (/** @type {string} */ root) => [join(root, 'test', 'editor', 'in-host-suite.ts'), ...more],
    totals: (/** @type {string} */ root) =>
      JSON.parse(readFileSync(join(root, '.tools', 'in-host.json'), 'utf8')),
  }),
  /** What a person sees and clicks there. @param {readonly string[]} [more] */
  endToEnd: (more = []) =>
    vitest('Playwright on VS Code', ['--config', 'vitest.editor.config.ts', ...more], 'e2e'),
  python: () => pytest('pytest', ['-m', 'not soak']),
  /** Without those that start the agent again and again. */
  quickPython: () =>
    pytest('pytest, quick', [
      '-m',
      'not soak and not slow',
      ...['run', 'serve', 'examples', 'mergekit_parity'].map((name) => `--ignore=tests/test_${name}.py`),
    ]),
};

/**
 * @param {string} name
 * @param {readonly string[]} more
 * @param {string} [suite] names the report
 * @returns {Check}
 */
function vitest(name, more, suite = 'vitest') {
  const report = join('.tools', `${suite}.json`);
  return {
    name,
    program: 'node',
    args: (root) => [
      bin(root, 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...more,
    ],
    totals: (root) => {
      const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, success } = JSON.parse(
        readFileSync(join(root, report), 'utf8'),
      );
      // A file that cannot be loaded has no failed test, yet the run is no success.
      const failed = numFailedTests === 0 && !success ? 1 : numFailedTests;
      return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
    },
  };
}

/**
 * @param {string} name
 * @param {readonly string[]} more
 * @returns {Check}
 */
function pytest(name, more) {
  const report = join('.tools', 'pytest.xml');
  return {
    name,
    program: 'python',
    cwd: 'agent',
    args: (root) => ['-m', 'pytest', '-q', '--durations=8', `--junitxml=${join(root, report)}`, ...more],
    totals: (root) => {
      const suite = readFileSync(join(root, report), 'utf8').match(/<testsuite [^>]*>/)?.[0] ?? '';
      const count = (/** @type {string} */ what) =>
        Number(suite.match(new RegExp(`\\b${what}="(\\d+)"`))?.[1] ?? 0);
      const failed = count('failures') + count('errors');
      return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped') };
    },
  };
}

/**
 * Runs them all, also after a failure, and closes with the totals on a line of their own. Checks in a list of their
 * own run side by side: the first is seen at work, what the others print follows.
 * @param {Tools} tools
 * @param {readonly (Check | readonly Check[])[]} list
 * @returns {Promise<number>} exit code
 */
export async function runChecks(tools, list) {
  mkdirSync(join(tools.root, '.tools'), { recursive: true });
  for (const report of ['vitest.json', 'pytest.xml', 'in-host.json', 'e2e.json'])
    rmSync(join(tools.root, '.tools', report), { force: true });
  /** @type {string[]} */
  const failures = [];
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const entry of list) {
    const group = Array.isArray(entry) ? entry : [entry];
    const codes = await Promise.all(group.map((check, i) => runCheck(tools, check, i === 0)));
    for (const [i, check] of group.entries()) {
      const totals = totalsOf(check, tools.root, codes[i] ?? 1);
      sum.passed += totals.passed;
      sum.failed += totals.failed;
      sum.skipped += totals.skipped;
      if (totals.failed > 0) failures.push(check.name);
    }
    if (codes.includes(130)) break;
  }
  if (failures.length > 0) process.stdout.write(`\nfailed: ${failures.join(', ')}\n`);
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
  process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed${skipped}\n`);
  return sum.failed === 0 ? 0 : 1;
}

/**
 * @param {Tools} tools
 * @param {Check} check
 * @param {boolean} live seen while it runs, or printed at its end
 * @returns {Promise<number>} exit code
 */
async function runCheck(tools, check, live) {
  const started = Date.now();
  const options = { cwd: join(tools.root, check.cwd ?? '.'), env: environment(tools) };
  const [program, args] = [tools[check.program], check.args(tools.root)];
  let code = 1;
  if (live) {
    process.stdout.write(`\n== ${check.name}\n`);
    code = await show(program, args, options);
  } else {
    const ended = await capture(program, args, options);
    process.stdout.write(`\n== ${check.name}\n${ended.output}`);
    code = ended.code ?? 127;
  }
  process.stdout.write(`== ${check.name}: ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  return code;
}

/**
 * @param {Check} check
 * @param {string} root
 * @param {number} code
 * @returns {Totals}
 */
function totalsOf(check, root, code) {
  const one = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  if (!check.totals) return one;
  try {
    const totals = check.totals(root);
    return code !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
  } catch {
    // It ended before it wrote its report.
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/**
 * @param {string} root
 * @param {...string} path
 */
function bin(root, ...path) {
  return join(root, 'node_modules', ...path);
}
