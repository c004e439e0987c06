import { ProblemError } from '../core/problem.ts';
import { plain } from '../words/plain.ts';

/** `algebra=0.6,code=0.4`, as `merge --weights` takes it. @throws ProblemError naming the part that is none */
export function parseWeights(text: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const part of text.split(',').map((each) => each.trim())) {
    const [, name = '', number = ''] = /^([^=]+)=(.+)$/.exec(part) ?? [];
    const weight = number.trim() === '' ? Number.NaN : Number(number);
    if (!Number.isFinite(weight)) throw unusable(`"${plain(part)}" is not an expert and its weight.`);
    if (weights.has(name.trim())) throw unusable(`"${plain(name.trim())}" has two weights.`);
    weights.set(name.trim(), weight);
  }
  return weights;
}

function unusable(message: string): ProblemError {
  return new ProblemError({
    code: 'option_invalid',
    message: `--weights: ${message}`,
    fix: 'Write --weights algebra=0.6,code=0.4.',
  });
}
