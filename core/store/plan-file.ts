/** Plans as files: `plans/<plan id>.jsonl`, a header and then a line a merge. The id is the SHA-256 of the bytes. */
import * as z from 'zod';
import { ProblemError } from '../problem.ts';
import { sha256 } from './canonical.ts';
import type { EnsemblePlanHeader, EnsemblePlanLine } from './ensemble/format.ts';
import {
  type EvaluationId,
  type Fingerprint,
  type MergeKey,
  type Plan,
  type PlanHeader,
  type PlanId,
  type PlanLine,
  type PlanMethod,
  SCORER,
  STORE_FORMAT,
} from './format.ts';
import { sha256Hex } from './hex.ts';

const compatibility = z.enum(['none', 'mergekit']);

const planMethodSchema: z.ZodType<PlanMethod> = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('average'), compatibility }),
  z.strictObject({
    method: z.literal('task_arithmetic'),
    scale: z.number(),
    normalize: z.boolean(),
    compatibility,
  }),
  z.strictObject({
    method: z.literal('ties'),
    scale: z.number(),
    density: z.number(),
    trim_scope: z.enum(['tensor', 'model']),
    compatibility,
  }),
  z.strictObject({ method: z.literal('dare'), drop_rate: z.number(), compatibility }),
  z.strictObject({ method: z.literal('dare_ties'), drop_rate: z.number(), scale: z.number(), compatibility }),
]);

const planModelSchema = z.strictObject({
  fingerprint: sha256Hex<Fingerprint>(),
  path: z.string(),
  source: z.string(),
  kind: z.enum(['checkpoint', 'adapter']),
});

export const planHeaderSchema: z.ZodType<PlanHeader> = z.strictObject({
  format: z.literal(STORE_FORMAT),
  scorer: z.literal(SCORER),
  pool: z.array(z.string()),
  sizes: z.record(
    z.string(),
    z.strictObject({
      base: planModelSchema,
      experts: z.record(z.string(), planModelSchema),
      parameters: z.number(),
    }),
  ),
  methods: z.array(planMethodSchema),
  declared: z.number().int().positive().exactOptional(),
  embeddings: z.enum(['exact', 'common_rows']),
  evaluations: z.record(z.string(), sha256Hex<EvaluationId>()),
  dtype: z.enum(['float32', 'bfloat16', 'float16']),
  batch_tokens: z.number().int().positive(),
  references: z.record(z.string(), planModelSchema),
});

export const planLineSchema: z.ZodType<PlanLine> = z.strictObject({
  key: sha256Hex<MergeKey>(),
  size: z.string(),
  method: z.number().int().nonnegative().nullable(),
  subset: z.array(z.string()),
  weights: z.array(z.number()).exactOptional(),
  seed: z.number().int().nullable(),
  purpose: z.array(z.enum(['anchor', 'design', 'step', 'verify', 'requested'])),
  draws: z.number().int().nonnegative(),
  reference: z.string().exactOptional(),
  retry: z.number().int().positive().exactOptional(),
});

/** The file's text, and the id that its bytes give it. */
export function serializePlan(
  header: PlanHeader | EnsemblePlanHeader,
  lines: readonly (PlanLine | EnsemblePlanLine)[],
): { readonly id: PlanId; readonly text: string } {
  const text = `${[header, ...lines].map((line) => JSON.stringify(line)).join('\n')}\n`;
  return { id: sha256(text) as PlanId, text };
}

/** Reads a plan and checks it to the last byte. Throws `store_too_new`, `store_too_old` or `plan_damaged`. */
export function parsePlan(id: string, text: string): Plan {
  return parsePlanOf(planHeaderSchema, planLineSchema, id, text);
}

interface PlanOf<Header, Line> {
  readonly id: PlanId;
  readonly header: Header;
  readonly lines: readonly Line[];
}

export function parsePlanOf<Header, Line>(
  header: z.ZodType<Header>,
  line: z.ZodType<Line>,
  id: string,
  text: string,
): PlanOf<Header, Line> {
  const [first = '', ...rest] = text.split('\n');
  checkFormat(id, first);
  if (sha256(text) !== id) throw damaged(id, 'its content does not hash to its name');
  if (rest.pop() !== '') throw damaged(id, 'it has no end of line');
  return {
    id: id as PlanId,
    header: read(header, first, id, 1),
    lines: rest.map((each, i) => read(line, each, id, i + 2)),
  };
}

/** A plan of another format is named as such, whatever else may have changed in it. */
function checkFormat(id: string, header: string): void {
  let format: unknown;
  try {
    format = (JSON.parse(header) as { format?: unknown } | null)?.format;
  } catch {
    throw damaged(id, 'its first line is not JSON');
  }
  if (typeof format === 'number' && format !== STORE_FORMAT) throw new ProblemError(otherFormat(format));
}

/** What to say of a store file written in another format than ours. */
export function otherFormat(format: number): { code: string; message: string; fix: string } {
  const newer = format > STORE_FORMAT;
  return {
    code: newer ? 'store_too_new' : 'store_too_old',
    message: `The store has format ${format}; this version of Model Merge Lab reads format ${STORE_FORMAT}.`,
    fix: newer
      ? 'Update Model Merge Lab, or move the `.mergelab` folder away to begin a new store.'
      : 'Move the `.mergelab` folder away to begin a new store.',
  };
}

function read<T>(schema: z.ZodType<T>, line: string, id: string, number: number): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw damaged(id, `line ${number} is not JSON`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw damaged(id, `line ${number}: ${issue?.path.join('.')}: ${issue?.message}`);
}

function damaged(id: string, what: string): ProblemError {
  return new ProblemError({
    code: 'plan_damaged',
    message: `The plan ${id.slice(0, 12)} cannot be used: ${what}.`,
    fix: 'Plan the experiment again; results that are there will be found.',
    file: `plans/${id}.jsonl`,
  });
}
