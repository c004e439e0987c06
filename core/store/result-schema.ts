/** Result files as schemas: for other programs and for tests. `result-line.ts` is what reads them fast. */
import * as z from 'zod';
import {
  type EvaluationId,
  type MergeKey,
  type PlanId,
  type ResultHeader,
  type ResultLine,
  STORE_FORMAT,
} from './format.ts';
import { sha256Hex } from './hex.ts';

const count = z.number().int().nonnegative();
const crc = z.string().regex(/^[0-9a-f]{8}$/);

export const resultHeaderSchema: z.ZodType<ResultHeader> = z.strictObject({
  format: z.literal(STORE_FORMAT),
  writer: z.string(),
  plan: sha256Hex<PlanId>(),
  agent: z.string(),
  torch: z.string(),
  transformers: z.string(),
  crc,
});

export const resultLineSchema: z.ZodType<ResultLine> = z.strictObject({
  key: sha256Hex<MergeKey>(),
  evaluation: sha256Hex<EvaluationId>().nullable(),
  nll: z.number().nullable(),
  tokens: count,
  samples: count,
  per_sample: z.base64().nullable(),
  seconds: z.number().nonnegative(),
  device: z.string(),
  batch_tokens: count,
  code: z.string().nullable(),
  message: z.string().nullable().exactOptional(),
  attempt: count,
  crc,
});
