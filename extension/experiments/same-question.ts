import type { Experiment } from '../../core/experiment/experiment.ts';
import type { Question } from './work.ts';

/** Questions never change, and are compared at every change of a state: the text of each is made once. */
const texts = new WeakMap<Question, string>();

/** Whether two texts ask the same: what `merge:` says is never part of an answer. */
export function sameQuestion(a: Question, b: Question): boolean {
  return a === b || textOf(a) === textOf(b);
}

function textOf(question: Question): string {
  const known = texts.get(question);
  if (known !== undefined) return known;
  const text = JSON.stringify({ ...question, merge: null }, (_, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );
  texts.set(question, text);
  return text;
}

/** Whether a sweep until its means are known would end at the same merge. */
export function sameAim(a: Experiment, b: Experiment): boolean {
  const aim = ({ sweep, goals }: Experiment) => JSON.stringify([sweep, [...goals.weights]]);
  return a === b || aim(a) === aim(b);
}
