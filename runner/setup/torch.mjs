// @ts-check
import { dirname } from 'node:path';
import { explain, lacksNetwork } from './failure.mjs';
import { pip, tryPip } from './pip.mjs';
import { capture } from './process.mjs';
import { requireSpace } from './space.mjs';

/** The PyTorch that everything is tested with. */
export const torch = 'torch==2.13.0';

/** Without CUDA, and with it where pip brings its libraries along; measured. */
const small = { bytes: 200e6, unpackingSeconds: 20, words: 'about 200 MB' };
const large = { bytes: 2e9, unpackingSeconds: 120, words: 'with CUDA, about 2 GB' };
const LARGE_ON_DISK = 6e9;

/**
 * PyTorch first, so that no other package decides its build. A Linux machine without an NVIDIA GPU takes the build
 * without CUDA where pip's sources have it; `MERGE_LAB_TORCH` holds other words for pip, an index of its own included.
 * @param {import('./python.mjs').SetupOptions} options
 * @param {string} python
 */
export async function installTorch(options, python) {
  const { env, log, signal, words } = options;
  const wanted = env['MERGE_LAB_TORCH'];
  if (wanted) {
    const requirements = wanted.split(/\s+/).filter(Boolean);
    const usual = { bytes: small.bytes, unpackingSeconds: small.unpackingSeconds };
    return pip(options, python, { phase: 'torch', what: `PyTorch (${wanted})`, requirements, usual });
  }
  const linux = process.platform === 'linux';
  /** @type {import('./pip.mjs').Installation} */
  const plain = { phase: 'torch', what: 'PyTorch', requirements: [torch], usual: linux ? large : small };
  if (!linux) return pip(options, python, plain);
  if ((await capture('nvidia-smi', ['-L'], { env, signal, timeoutMs: 20_000 })).code === 0) {
    requireSpace(dirname(python), LARGE_ON_DISK, words);
    return pip(options, python, plain);
  }
  const cpu = await tryPip(options, python, { ...plain, requirements: [`${torch}+cpu`], usual: small });
  if (cpu.code === 0) return;
  if (lacksNetwork(cpu.output) || !/No matching distribution/i.test(cpu.output))
    throw explain('PyTorch', cpu.output, log, words);
  options.say(
    "pip's sources have no PyTorch without CUDA: taking the plain one, which is larger (MERGE_LAB_TORCH names another)",
  );
  requireSpace(dirname(python), LARGE_ON_DISK, words);
  await pip(options, python, plain);
}
