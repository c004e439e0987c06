import type { Experiment } from '../../core/experiment/experiment.ts';

/** Whether two texts ask the same: what `merge:` says is never part of an answer. */
export function sameQuestion(a: Experiment, b: Experiment): boolean {
  return a === b || textOf(a) === textOf(b);
}

function textOf(experiment: Experiment): string {
  return JSON.stringify({ ...experiment, merge: null }, (_, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );
}
