/** What `prepare` is asked for an ensemble, and what it answers. */
import * as z from 'zod';
import type { Ensemble } from '../../experiment/ensemble/ensemble.ts';
import type { EvaluationId, Fingerprint, PrepareRequest } from '../format.ts';
import { sha256Hex } from '../hex.ts';
import {
  deviceSchema,
  estimateFields,
  type KeptAnswer,
  keptAnswerSchema,
  type PrepareOptions,
  parseKept,
} from '../prepared.ts';
import { placedProblemSchema } from '../problem-schema.ts';
import type { PreparedEnsemble, PreparedMember, SharedEvaluation } from './format.ts';

const count = z.number().int().nonnegative();

export const memberSchema = z.strictObject({
  fingerprint: sha256Hex<Fingerprint>(),
  path: z.string(),
  source: z.string(),
  kind: z.literal('checkpoint'),
  parameters: count.positive(),
  active_parameters: count.positive(),
  embedding_parameters: count,
  flops_per_token: count.positive(),
  bytes: count.positive(),
  family: z.string(),
  tokenizer: z.string(),
  dtype: z.enum(['float32', 'bfloat16', 'float16']),
  batch_tokens: count.positive(),
  evaluations: z.record(z.string(), sha256Hex<EvaluationId>()),
});

const preparedMemberSchema: z.ZodType<PreparedMember> = memberSchema.extend({
  stored_dtype: z.string(),
  architecture: z.string(),
  dtype_reason: z.string(),
});

const sharedEvaluationSchema: z.ZodType<SharedEvaluation> = z.strictObject({
  file: z.string(),
  samples: count,
  tokens: count,
  scored_tokens: count,
  bytes: count,
  truncated: count,
  overlong: count,
  excluded: count,
  rendering: z.string(),
});

export const preparedEnsembleSchema: z.ZodType<PreparedEnsemble> = z.strictObject({
  models: z.record(z.string(), preparedMemberSchema),
  evaluations: z.record(sha256Hex<EvaluationId>(), sharedEvaluationSchema),
  device: deviceSchema,
  estimate: z
    .strictObject({ seconds: z.record(z.string(), z.number().nonnegative()), ...estimateFields })
    .nullable(),
  problems: z.array(placedProblemSchema),
  warnings: z.array(placedProblemSchema),
});

export const preparedEnsembleFileSchema = keptAnswerSchema(preparedEnsembleSchema);

/** Everything that the answer depends on: families, copies and the pool's limits are not of it. */
export function ensembleRequest(ensemble: Ensemble, options: PrepareOptions): PrepareRequest {
  const { domains, ...evaluation } = ensemble.evaluation;
  return {
    store: options.store,
    root: options.root,
    models: [...ensemble.models].map(([name, { source }]) => ({
      id: name,
      source,
      role: 'model',
      size: null,
      name,
    })),
    embeddings: 'exact',
    evaluation: { domains: Object.fromEntries(domains), max_tokens_per_domain: null, ...evaluation },
    device: options.device,
    allow_remote_code: [...(options.allowRemoteCode ?? [])].sort(),
  };
}

/** A cached answer; null where it is damaged, or the answer to another question. */
export function parsePreparedEnsemble(
  text: string,
  request: PrepareRequest,
): KeptAnswer<PreparedEnsemble> | null {
  return parseKept(preparedEnsembleFileSchema, text, request);
}
