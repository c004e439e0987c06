/** Evaluation sets: `evaluations/<id>.json`, the tokens that workers score and nothing they could disagree about. */
import * as z from 'zod';
import { ProblemError } from '../problem.ts';
import { digest } from './canonical.ts';
import { type EvaluationId, type EvaluationSet, STORE_FORMAT } from './format.ts';
import { sha256Hex } from './hex.ts';
import { otherFormat } from './plan-file.ts';

const count = z.number().int().nonnegative();

export const evaluationSetSchema: z.ZodType<EvaluationSet> = z.strictObject({
  format: z.literal(STORE_FORMAT),
  id: sha256Hex<EvaluationId>(),
  domain: z.string(),
  max_length: count,
  samples: z.array(
    z.strictObject({
      id: count,
      tokens: z.array(count),
      scored: z.array(z.number().int().positive()),
      bytes: count,
      truncated: z.boolean(),
    }),
  ),
  scored_tokens: count,
  truncated: count,
  excluded: count,
  rendering: z.string(),
  max_bytes: count.exactOptional(),
  overlong: z.array(z.strictObject({ id: count, bytes: count })).exactOptional(),
});

type Scored = Pick<EvaluationSet, 'max_length' | 'samples' | 'max_bytes' | 'overlong'>;

/**
 * The hash of token ids, scored positions and `max_length`: of what is scored, whatever it is called. Of an ensemble's
 * set also of ids and bytes, by which its models are compared.
 */
export function evaluationId(set: Scored): EvaluationId {
  if (set.max_bytes !== undefined) return sharedId(set);
  const samples = set.samples.map(({ scored, tokens }) => ({ scored, tokens }));
  return digest({ v: 1, max_length: set.max_length, samples }) as EvaluationId;
}

function sharedId({ samples, overlong = [] }: Scored): EvaluationId {
  const whole = samples.map(({ bytes, id, scored, tokens }) => ({ bytes, id, scored, tokens }));
  return digest({ v: 2, samples: whole, overlong }) as EvaluationId;
}

/** Reads an evaluation set and checks it against its name. Throws `evaluation_damaged`, `store_too_new` or `_old`. */
export function parseEvaluationSet(id: EvaluationId, text: string): EvaluationSet {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(id, 'it is not JSON');
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format !== STORE_FORMAT) throw new ProblemError(otherFormat(format));
  const result = evaluationSetSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw damaged(id, `${issue?.path.join('.')}: ${issue?.message}`);
  }
  if (evaluationId(result.data) !== id) throw damaged(id, 'its content does not hash to its name');
  return result.data;
}

function damaged(id: EvaluationId, what: string): ProblemError {
  return new ProblemError({
    code: 'evaluation_damaged',
    message: `The evaluation set ${id.slice(0, 12)} cannot be used: ${what}.`,
    fix: 'Remove the file and run again; it is made anew.',
    file: `evaluations/${id}.json`,
  });
}
