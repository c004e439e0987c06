/** Stands for a Python, good or bad: `FAKE_PYTHON` names what is wrong with it. Every call is written to a log. */
import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const args = process.argv.slice(2);
// A module on a leash is a module.
if (args[0] === '-c' && args[1].startsWith('# Ends with its parent')) args.splice(0, 2, '-m');
const wrong = process.env.FAKE_PYTHON ?? '';
appendFileSync(process.env.FAKE_LOG, `python ${args.join(' ')}\n`);

const fail = (text) => {
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

if (args[0] === '-c' && args[1].startsWith('import sys')) {
  process.stdout.write(`${wrong === 'old' ? '3.9' : '3.11'} ${process.argv[1]}\n`);
} else if (args[0] === '-c' && args[1].includes('merge-lab-check')) {
  const version = { python: '3.11.7', agent: '0.1.0', torch: '2.13.0+cpu', transformers: '5.0.0' };
  for (const [stage, value] of Object.entries(wrong === 'broken-torch' ? { python: '3.11.7' } : version))
    process.stdout.write(`merge-lab-check ${JSON.stringify({ stage, version: value, protocol: 1 })}\n`);
} else if (args[0] === '-c') {
  if (wrong === 'broken-torch')
    fail('ImportError: libtorch_cpu.so: cannot allocate memory in static TLS block');
} else if (args[1] === 'venv') {
  if (wrong === 'no-venv' && !existsSync(process.env.FAKE_APT_DONE ?? '')) {
    fail('The virtual environment was not created successfully because ensurepip is not available.');
  }
  mkdirSync(join(args[2], 'bin'), { recursive: true });
  copyFileSync(process.argv[1], join(args[2], 'bin', 'python'));
  chmodSync(join(args[2], 'bin', 'python'), 0o755);
} else if (args[1] === 'pip' && args[2] === 'install') {
  const torch = args.some((arg) => arg.startsWith('torch'));
  if (wrong === 'hang' || (wrong === 'hang-at-agent' && !torch)) {
    // With a child of its own, in the middle of writing packages; both would go on for ever.
    process.stdout.write('Installing collected packages: torch\n');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    setTimeout(() => writeFileSync(process.env.FAKE_PIDS, `${process.pid} ${child.pid}`), 200);
    await new Promise(() => {});
  }
  if (wrong === 'no-network') {
    fail(
      "WARNING: Retrying after connection broken by 'NewConnectionError(: Failed to establish a new connection: [Errno -2] Name or service not known)'\nERROR: No matching distribution found for torch==2.13.0+cpu",
    );
  }
  if (wrong === 'no-wheel' && torch)
    fail(
      'ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: 2.2.0)\nERROR: No matching distribution found for torch==2.13.0',
    );
  if (wrong === 'no-cpu-wheel' && args.includes('torch==2.13.0+cpu'))
    fail('ERROR: No matching distribution found for torch==2.13.0+cpu');
  if (wrong === 'disk-full')
    fail('ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device');
  if (wrong === 'wrong-wheel')
    fail('ERROR: torch-2.13.0-cp39-cp39-win_amd64.whl is not a supported wheel on this platform.');
  if (wrong === 'agent-fails' && !torch) fail('ERROR: something nobody has seen before');
}
