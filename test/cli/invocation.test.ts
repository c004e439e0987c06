import { expect, it } from 'vitest';
import { invocation } from '../../cli/invocation.ts';

it('advice that is pasted goes to the same file on the same host', () => {
  expect(invocation({}, 'attach', 'my file.mergelab.yaml', 'gpu-box')).toBe(
    'merge-lab attach "my file.mergelab.yaml" --on gpu-box',
  );
  expect(invocation({}, 'run', 'a.mergelab.yaml')).toBe('merge-lab run a.mergelab.yaml');
  expect(invocation({ npm_lifecycle_event: 'merge-lab' }, 'stop')).toBe('npm run -s merge-lab -- stop');
});
