import { ProblemError } from '../../core/problem.ts';

/** Options of merging; each with what to say of it. */
const REFUSED = {
  downstream: 'tasks are scored of merges, in this version',
  method: 'an ensemble has no methods',
  size: 'an ensemble has no sizes',
  shapley: 'an ensemble has no Shapley values',
} as const;

export type Refused = { readonly [Option in keyof typeof REFUSED]?: unknown };

/** Throws `option_invalid`. */
export function refuse(options: Refused): void {
  for (const [option, why] of Object.entries(REFUSED)) {
    const given = options[option as keyof typeof REFUSED];
    if (given === undefined || given === false) continue;
    throw new ProblemError({
      code: 'option_invalid',
      message: `\`--${option}\` has no meaning here: ${why}.`,
      fix: 'Leave it out.',
    });
  }
}
