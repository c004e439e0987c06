import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checks, runChecks, tests } from './checks.mjs';
import { environment } from './setup/environment.mjs';
import { show } from './setup/process.mjs';

/** @typedef {{root: string, node: string, python: string, mergekit: string, chromium: string | null}} Tools */
/** @typedef {import('./setup/setup.mjs').StepName} StepName */

/** @type {readonly StepName[]} */
const toRun = ['node', 'packages', 'agent'];
/** @type {readonly StepName[]} */
const toTest = ['node', 'packages', 'agent-test'];
/** @type {readonly StepName[]} */
const toTestEditor = [...toTest, 'vscode', 'chromium'];

/**
 * What `npm run` offers: what each needs installed, and what it does. A command answers its exit code.
 * @type {Record<string, {needs: readonly StepName[], run: (tools: Tools, args: readonly string[]) => Promise<number>}>}
 */
export const commands = {
  demo: {
    needs: toRun,
    run: (tools, args) =>
      mergeLab(tools, [
        'run',
        join(tools.root, 'examples', 'nine-domains', 'nine-domains.mergelab.yaml'),
        ...args,
      ]),
  },
  'merge-lab': { needs: toRun, run: mergeLab },
  test: {
    needs: [...toTestEditor, 'mergekit', 'sshd', 'slurm'],
    run: (tools) =>
      runChecks(tools, [
        ...checks.lint,
        ...checks.typecheck,
        tests.typescript(),
        tests.inHost(),
        tests.endToEnd(),
        tests.python(),
      ]),
  },
  'test:editor': { needs: toTestEditor, run: testEditor },
  'test:desktop': { needs: toTest, run: script('test-desktop.ts') },
  build: { needs: ['node', 'packages'], run: script('build.ts') },
  package: { needs: ['node', 'packages'], run: script('package.ts') },
  editor: { needs: [...toRun, 'vscode'], run: script('editor.ts') },
  screenshots: { needs: [...toRun, 'vscode', 'chromium'], run: script('screenshots.ts') },
  figures: { needs: toRun, run: script('figures.ts') },
  'test:quick': {
    needs: toTest,
    run: (tools) => runChecks(tools, [[tests.quickTypescript(), tests.quickPython()], ...checks.typecheck]),
  },
  lint: { needs: toTest, run: (tools) => runChecks(tools, checks.lint) },
  typecheck: { needs: toTest, run: (tools) => runChecks(tools, checks.typecheck) },
  soak: {
    needs: [...toTest, 'mergekit'],
    run: (tools, args) => show(tools.node, [join(tools.root, 'scripts', 'soak.mjs'), ...args], inRoot(tools)),
  },
  bench: { needs: [...toTest, 'mergekit'], run: bench },
};

/**
 * @param {Tools} tools
 * @param {readonly string[]} args
 */
function mergeLab(tools, args) {
  // `npm run` moves to the checkout; paths that a person types are from where they stand.
  const cwd = process.env['INIT_CWD'] ?? process.cwd();
  return show(tools.node, [join(tools.root, 'cli', 'main.ts'), ...args], { cwd, env: environment(tools) });
}

/**
 * A file of `scripts/`, with the arguments that follow the command.
 * @param {string} name
 * @returns {(tools: Tools, args: readonly string[]) => Promise<number>}
 */
function script(name) {
  return (tools, args) => show(tools.node, [join(tools.root, 'scripts', name), ...args], inRoot(tools));
}

/**
 * Both suites, or the one that is named first; `--grep WORDS` takes the tests whose names hold them.
 * @param {Tools} tools
 * @param {readonly string[]} args
 */
function testEditor(tools, args) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { grep: { type: 'string', short: 'g' } },
    allowPositionals: true,
  });
  const grep = values.grep === undefined ? [] : [values.grep];
  const suites = {
    'in-host': tests.inHost(grep.flatMap((words) => ['--grep', words])),
    e2e: tests.endToEnd(grep.flatMap((words) => ['--testNamePattern', words])),
  };
  const [named] = positionals;
  if (named === undefined) return runChecks(tools, Object.values(suites));
  if (named === 'in-host' || named === 'e2e') return runChecks(tools, [suites[named]]);
  process.stderr.write(`There is no suite "${named}". There are: ${Object.keys(suites).join(', ')}.\n`);
  return Promise.resolve(2);
}

/** Every file of `bench/`, one after another: nothing may disturb what is timed.
 * @param {Tools} tools
 * @param {readonly string[]} names only those whose path holds one of these words
 */
async function bench(tools, names) {
  const files = [
    ...benchFiles(tools.root, 'bench', '.ts', tools.node),
    ...benchFiles(tools.root, join('bench', 'agent'), '.py', tools.python),
  ].filter(({ file }) => names.length === 0 || names.some((name) => file.includes(name)));
  let failed = 0;
  for (const { file, program } of files) {
    process.stdout.write(`\n== ${file}\n`);
    if ((await show(program, [join(tools.root, file)], inRoot(tools))) !== 0) failed += 1;
  }
  process.stdout.write(`\n${files.length - failed} of ${files.length} benchmarks ran to their end\n`);
  return failed === 0 ? 0 : 1;
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {string} extension
 * @param {string} program
 */
function benchFiles(root, folder, extension, program) {
  return (
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(extension))
      // What benchmarks share is imported, not run.
      .filter(
        (name) => extension === '.ts' || readFileSync(join(root, folder, name), 'utf8').includes('__main__'),
      )
      .sort()
      .map((name) => ({ file: join(folder, name), program }))
  );
}

/** @param {Tools} tools */
function inRoot(tools) {
  return { cwd: tools.root, env: environment(tools) };
}
