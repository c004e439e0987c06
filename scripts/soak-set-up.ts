/**
 * The managed environment for real: stopped while packages are written, made by the next start, found by a third,
 * removed. With pip, PyTorch and whatever network there is; some minutes.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ProblemError } from '../core/problem.ts';
import {
  checkAgentPython,
  findAgentPython,
  managedFolder,
  removeAgentEnvironment,
  setUpAgent,
} from '../runner/agent-environment.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-soak-'));
const agentSource = path.join(import.meta.dirname, '..', 'agent');
let failed = 0;

function expect(what: string, holds: boolean): void {
  process.stdout.write(`${holds ? 'ok  ' : 'FAIL'} ${what}\n`);
  if (!holds) failed += 1;
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  process.stdout.write(`     ${what}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}

try {
  const abort = new AbortController();
  const stopped = await timed('stopped while it writes PyTorch', () =>
    setUpAgent({
      home,
      agentSource,
      signal: abort.signal,
      onProgress: ({ step }) => {
        if (step === 'Installing PyTorch') setTimeout(() => abort.abort(), 2_000);
      },
    }).then(
      () => 'finished',
      (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
    ),
  );
  expect('a stop is a stop', stopped === 'cancelled');
  expect('nothing half made is left', !existsSync(managedFolder(home)));
  expect('nothing is found', findAgentPython({ home, env: {}, checkout: null }).kind === 'none');

  let last = 0;
  let back = false;
  const { python } = await timed('set-up', () =>
    setUpAgent({
      home,
      agentSource,
      onProgress: ({ share }) => {
        back ||= (share ?? last) < last;
        last = share ?? last;
      },
    }),
  );
  expect('progress never went back', !back);
  const checked = await timed('check', () => checkAgentPython(python));
  expect(`it works: ${JSON.stringify(checked)}`, checked.ok);
  const again = await timed('set-up of what is there', () => setUpAgent({ home, agentSource }));
  expect('the same is found again', again.python === python);
  const { freedBytes } = await timed('removal', () => removeAgentEnvironment(home));
  expect(
    `removal frees ${(freedBytes / 1e9).toFixed(1)} GB`,
    freedBytes > 3e8 && !existsSync(managedFolder(home)),
  );
} finally {
  rmSync(home, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
