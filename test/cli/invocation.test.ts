import { expect, it } from 'vitest';
import { invocation, runAgain } from '../../cli/invocation.ts';
import { ofARun } from '../../cli/nothing-runs.ts';
import { ProblemError } from '../../core/problem.ts';

it('advice that is pasted goes to the same file on the same host', () => {
  expect(invocation({}, 'attach', 'my file.mergelab.yaml', 'gpu-box')).toBe(
    'merge-lab attach "my file.mergelab.yaml" --on gpu-box',
  );
  expect(invocation({}, 'run', 'a.mergelab.yaml')).toBe('merge-lab run a.mergelab.yaml');
  expect(invocation({ npm_lifecycle_event: 'merge-lab' }, 'stop')).toBe('npm run -s merge-lab -- stop');
});

it('a run is gone on with as it was begun', () => {
  const asked = { file: 'a.mergelab.yaml', on: 'gpu-box' };
  expect(runAgain({}, asked)).toBe('merge-lab run a.mergelab.yaml --on gpu-box');
  expect(
    runAgain({}, { ...asked, workers: 1, device: 'cuda:0', verify: true, downstream: true, full: true }),
  ).toBe(
    'merge-lab run a.mergelab.yaml --on gpu-box --device cuda:0 --workers 1 --verify --downstream --full',
  );
  expect(runAgain({}, { ...asked, verify: false })).toMatch(/ --no-verify$/);
});

it('where no run goes on, the next command is said with its file: the report of what is finished, else a run', async () => {
  const nothing = new ProblemError({ code: 'nothing_runs', message: 'Nothing runs.', fix: 'Run FILE.' });
  const fix = async (missing: number, error = nothing) => {
    const named = { file: 'a.mergelab.yaml', on: 'gpu-box', missing };
    const end = ofARun({}, named, () => Promise.reject(error));
    return end.catch((reason: ProblemError) => reason.problem.fix);
  };
  expect(await fix(3)).toBe('Start one with: merge-lab run a.mergelab.yaml --on gpu-box');
  expect(await fix(0)).toBe('See what it gave: merge-lab report a.mergelab.yaml --on gpu-box');
  const other = new ProblemError({ code: 'host_unreachable', message: 'No way there.', fix: 'Wait.' });
  expect(await fix(0, other)).toBe('Wait.');
});
