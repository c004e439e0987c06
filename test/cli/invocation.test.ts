import { expect, it } from 'vitest';
import { invocation, runAgain } from '../../cli/invocation.ts';

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
