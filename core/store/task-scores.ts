/** Scores of models on tasks of the evaluation harness: `downstream/<writer id>.jsonl`, sealed lines as of results. */
import * as z from 'zod';
import { digest } from './canonical.ts';
import type { MergeKey } from './format.ts';
import { sha256Hex } from './hex.ts';
import { checkedJson } from './sealed.ts';

declare const brand: unique symbol;
/** SHA-256 in lower-case hex of what is asked of the harness. */
export type TaskKey = string & { readonly [brand]: 'TaskKey' };

/** A task by its content: a name in the harness's collection, or the files of a folder. */
export type TaskIdentity =
  | { readonly name: string }
  /** Path within the folder, and SHA-256 of the bytes. */
  | { readonly files: readonly (readonly [path: string, sha256: string])[] };

export function taskKey(
  task: TaskIdentity,
  { limit, shots }: { readonly limit: number | null; readonly shots: number | null },
): TaskKey {
  return digest({ v: 1, task, limit, shots }) as TaskKey;
}

/** How a score follows from r = Σ numerators / Σ weights over the items: r itself, e^−r, or −r / ln 2. */
export type ScoreForm = 'mean' | 'perplexity' | 'bits';

export interface StoredMetric {
  readonly name: string;
  readonly value: number;
  /** The harness's own. */
  readonly stderr: number | null;
  readonly higher_is_better: boolean;
  /** Null where the score is no such ratio; then there are no values by item. */
  readonly form: ScoreForm | null;
  /** Shape (items), or (1,000) sums over blocks of items above 1,000. */
  readonly numerators: Float32Array | null;
  readonly weights: Float32Array | null;
}

/** One model on one task, or with a `code` why there is no score. */
export interface TaskScore {
  readonly key: MergeKey;
  readonly task: TaskKey;
  /** As the harness calls it. */
  readonly name: string;
  /** Version of the harness. */
  readonly harness: string;
  /** SHA-256 of all that the model was asked. */
  readonly requests: string | null;
  readonly items: number;
  readonly metrics: readonly StoredMetric[];
  readonly code: string | null;
  readonly message: string | null;
}

const values = z
  .base64()
  .nullable()
  .transform((text) => (text === null ? null : float32(text)));

const metric: z.ZodType<StoredMetric> = z
  .object({
    name: z.string().min(1),
    value: z.number(),
    stderr: z.number().nonnegative().nullable(),
    higher_is_better: z.boolean(),
    form: z.enum(['mean', 'perplexity', 'bits']).nullable(),
    numerators: values,
    weights: values,
  })
  .refine(isPossible);

/** As it is written; `parseTaskScores` reads what is in it. */
export const taskScoreSchema: z.ZodType<TaskScore> = z.object({
  key: sha256Hex<MergeKey>(),
  task: sha256Hex<TaskKey>(),
  name: z.string(),
  harness: z.string(),
  requests: z.string().nullable(),
  items: z.number().int().nonnegative(),
  metrics: z.array(metric),
  seconds: z.number().nonnegative(),
  device: z.string(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  crc: z.string().regex(/^[0-9a-f]{8}$/),
});

/** Of one file; its header, and lines that are damaged or say what cannot be, are passed over. */
export function parseTaskScores(bytes: Uint8Array): TaskScore[] {
  const found: TaskScore[] = [];
  for (let from = 0, to = bytes.indexOf(0x0a); to >= 0; from = to + 1, to = bytes.indexOf(0x0a, from)) {
    const { data } = taskScoreSchema.safeParse(checkedJson(bytes.subarray(from, to)));
    if (data) found.push(data);
  }
  return found;
}

/** A ratio has a finite value for each item and weights that sum to more than nothing. */
function isPossible({ form, numerators, weights }: StoredMetric): boolean {
  if (form === null) return numerators === null && weights === null;
  if (!numerators || !weights || numerators.length !== weights.length || numerators.length === 0)
    return false;
  return numerators.every(Number.isFinite) && weights.every((w) => w >= 0) && weights.some((w) => w > 0);
}

/** Little-endian, as the store writes them. */
function float32(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length >>> 2 }, (_, i) => bytes.readFloatLE(4 * i));
}
