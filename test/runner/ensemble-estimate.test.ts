import { expect, it } from 'vitest';
import { fitTogether } from '../../runner/ensemble/ensemble-estimate.ts';

it('models fit together where each may take what the most demanding one does, or nobody knows', () => {
  const estimate = { seconds: {}, memory_bytes: 10, free_disk_bytes: 0, basis: 'a test' };
  const isRoom = (available_memory_bytes: number) =>
    fitTogether(3, { estimate: { ...estimate, available_memory_bytes } });
  expect([isRoom(29), isRoom(30), isRoom(0)]).toEqual([false, true, true]);
  expect(fitTogether(3, { estimate: null })).toBe(true);
});
