import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { explain, lacksNetwork, lastLine, SetupFailure } from './failure.mjs';
import { capture } from './process.mjs';

/** The PyTorch that everything is tested with. */
const torch = 'torch==2.13.0';

/** @typedef {{root: string, log: string, onLine: (line: string) => void, say: (text: string) => void}} Options */

/**
 * @param {string} root
 * @param {string} name `.venv` or `.venv-mergekit`
 */
export function environmentPython(root, name) {
  return process.platform === 'win32'
    ? join(root, name, 'Scripts', 'python.exe')
    : join(root, name, 'bin', 'python');
}

/** What an environment of the agent is made from.
 * @param {string} root
 */
export function agentInputs(root) {
  return [
    root,
    readFileSync(join(root, 'agent', 'pyproject.toml'), 'utf8'),
    process.env['MERGE_LAB_TORCH'] ?? torch,
    process.env['MERGE_LAB_PYTHON'] ?? '',
  ];
}

/** @param {string} root */
export function mergekitInputs(root) {
  return [root, torch, 'mergekit==0.1.5', process.env['MERGE_LAB_PYTHON'] ?? ''];
}

/**
 * An environment with the agent, in editable form.
 * @param {Options} options
 * @param {{tests: boolean}} extras
 */
export async function installAgent(options, extras) {
  const python = await makeEnvironment(options, '.venv');
  await installTorch(options, python);
  const agent = join(options.root, 'agent');
  await pip(options, python, 'the agent', ['-e', extras.tests ? `${agent}[test]` : agent]);
  await prove(python, 'import torch, transformers, merge_lab_agent', 'The agent', options.log);
}

/**
 * mergekit, for comparisons, in an environment of its own: it pins other versions.
 * @param {Options} options
 */
export async function installMergekit(options) {
  const python = await makeEnvironment(options, '.venv-mergekit');
  await installTorch(options, python);
  await pip(options, python, 'mergekit', ['mergekit==0.1.5']);
  await prove(python, 'import mergekit', 'mergekit', options.log);
}

/**
 * @param {Options} options
 * @param {string} name
 */
async function makeEnvironment(options, name) {
  const folder = join(options.root, name);
  const python = environmentPython(options.root, name);
  if (existsSync(python) && (await capture(python, ['-m', 'pip', '--version'])).code === 0) return python;
  const system = await findPython();
  rmSync(folder, { recursive: true, force: true });
  let made = await capture(system, ['-m', 'venv', folder], options);
  if (made.code !== 0 && lacksVenv(made.output)) {
    made = await addVenvModule(options, system, folder);
  }
  if (made.code !== 0) {
    rmSync(folder, { recursive: true, force: true });
    if (lacksVenv(made.output)) {
      throw new SetupFailure(
        `Python at ${system} has no working venv module, so no environment can be made for the agent.`,
        'Install it (on Debian or Ubuntu: sudo apt install python3-venv), or name another Python in MERGE_LAB_PYTHON, then start again.',
      );
    }
    throw explain('the Python environment', made.output, options.log);
  }
  return python;
}

/** @param {string} output */
function lacksVenv(output) {
  return /ensurepip|No module named '?venv/i.test(output);
}

/**
 * Debian keeps the venv module in a package of its own; as root it is added, and said.
 * @param {Options} options
 * @param {string} system
 * @param {string} folder
 */
async function addVenvModule(options, system, folder) {
  const failed = { code: 1, output: 'ensurepip is not available' };
  const root = typeof process.getuid === 'function' && process.getuid() === 0;
  if (!root || !existsSync('/etc/debian_version')) return failed;
  options.say(
    "this Python has no venv module: adding Debian's package python3-venv (apt-get install python3-venv)",
  );
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await capture('apt-get', ['update'], { ...options, env });
  const added = await capture('apt-get', ['install', '-y', '--no-install-recommends', 'python3-venv'], {
    ...options,
    env,
  });
  if (added.code !== 0) return failed;
  rmSync(folder, { recursive: true, force: true });
  return capture(system, ['-m', 'venv', folder], options);
}

/**
 * The Python that environments are made with: `MERGE_LAB_PYTHON`, else the first 3.10 or newer on the PATH.
 * @returns {Promise<string>}
 */
async function findPython() {
  const named = process.env['MERGE_LAB_PYTHON'];
  /** @type {string[][]} */
  const candidates = named
    ? [[named]]
    : [['python3'], ['python'], ...(process.platform === 'win32' ? [['py', '-3']] : []), ...versioned()];
  const old = [];
  for (const [program = '', ...args] of candidates) {
    const script = 'import sys; print("%d.%d" % sys.version_info[:2], sys.executable)';
    const { code, output } = await capture(program, [...args, '-c', script], { timeoutMs: 30_000 });
    const match = code === 0 && output.match(/^(\d+)\.(\d+) (.+)$/m);
    if (!match) continue;
    const [, major, minor, path] = match;
    if (Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 10)) return (path ?? program).trim();
    old.push(`${major}.${minor}`);
  }
  const fix =
    'Install Python 3.10 or newer (https://www.python.org; on Debian or Ubuntu: sudo apt install python3 python3-venv), or name one in MERGE_LAB_PYTHON, then start again.';
  if (named && old.length === 0)
    throw new SetupFailure(`MERGE_LAB_PYTHON names ${named}, which does not run.`, fix);
  throw new SetupFailure(
    old.length > 0
      ? `The agent needs Python 3.10 or newer; ${named ?? 'this system'} has ${old[0]}.`
      : 'The agent needs Python 3.10 or newer; none was found.',
    fix,
  );
}

function versioned() {
  return ['3.13', '3.12', '3.11', '3.10', '3.14'].map((version) => [`python${version}`]);
}

/**
 * PyTorch first, so that no other package decides its build. A Linux machine without an NVIDIA GPU takes the build
 * without CUDA where pip's sources have it; `MERGE_LAB_TORCH` holds other words for pip, an index of its own included.
 * @param {Options} options
 * @param {string} python
 */
async function installTorch(options, python) {
  const wanted = process.env['MERGE_LAB_TORCH'];
  if (wanted) return pip(options, python, `PyTorch (${wanted})`, wanted.split(/\s+/));
  const plain =
    process.platform !== 'linux' || (await capture('nvidia-smi', ['-L'], { timeoutMs: 20_000 })).code === 0;
  if (plain) return pip(options, python, 'PyTorch', [torch]);
  const small = await tryPip(options, python, [`${torch}+cpu`]);
  if (small.code === 0) return;
  if (lacksNetwork(small.output) || !/No matching distribution/i.test(small.output))
    throw explain('PyTorch', small.output, options.log);
  options.say(
    "pip's sources have no PyTorch without CUDA: taking the plain one, which is larger (MERGE_LAB_TORCH names another)",
  );
  await pip(options, python, 'PyTorch', [torch]);
}

/**
 * @param {Options} options
 * @param {string} python
 * @param {string} what
 * @param {readonly string[]} requirements
 */
async function pip(options, python, what, requirements) {
  const { code, output } = await tryPip(options, python, requirements);
  if (code !== 0) throw explain(what, output, options.log);
}

/**
 * @param {Options} options
 * @param {string} python
 * @param {readonly string[]} requirements
 */
function tryPip(options, python, requirements) {
  const args = [
    '-m',
    'pip',
    'install',
    '--no-input',
    '--disable-pip-version-check',
    '--retries',
    '2',
    ...requirements,
  ];
  return capture(python, args, options);
}

/**
 * @param {string} python
 * @param {string} script
 * @param {string} what
 * @param {string} log
 */
async function prove(python, script, what, log) {
  const { code, output } = await capture(python, ['-c', script]);
  if (code === 0) return;
  throw new SetupFailure(
    `${what} was installed but does not start: ${lastLine(output)}`,
    `The wrong build of a package is the usual reason: remove the folder .venv and start again, or name another PyTorch in MERGE_LAB_TORCH (log: ${log}).`,
  );
}
