/** What `prepare` is asked and what it answers: models and data of an experiment, looked at once and remembered. */
import * as z from 'zod';
import type { Experiment } from '../experiment/experiment.ts';
import { digest } from './canonical.ts';
import {
  type EvaluationId,
  type Fingerprint,
  type Prepared,
  type PreparedFile,
  type PrepareRequest,
  STORE_FORMAT,
} from './format.ts';
import { sha256Hex } from './hex.ts';
import { placedProblemSchema } from './problem-schema.ts';

const dtypeSchema = z.enum(['float32', 'bfloat16', 'float16']);
const count = z.number().int().nonnegative();
const embeddings = z.enum(['exact', 'common_rows']);

export const prepareRequestSchema: z.ZodType<PrepareRequest> = z.strictObject({
  store: z.string(),
  root: z.string(),
  models: z.array(
    z.strictObject({
      id: z.string(),
      source: z.string(),
      role: z.enum(['base', 'expert', 'reference', 'model']),
      size: z.string().nullable(),
      name: z.string().nullable(),
    }),
  ),
  embeddings,
  evaluation: z.strictObject({
    domains: z.record(z.string(), z.string()),
    max_length: count,
    max_tokens_per_domain: count.nullable(),
    chat_template: z.string(),
    dtype: z.enum(['auto', 'float32', 'bfloat16', 'float16']),
    max_bytes: count.positive().exactOptional(),
  }),
  device: z.string(),
  allow_remote_code: z.array(z.string()),
});

const preparedModelSchema = z.strictObject({
  fingerprint: sha256Hex<Fingerprint>(),
  path: z.string(),
  source: z.string(),
  kind: z.enum(['checkpoint', 'adapter']),
  parameters: count,
  bytes: count,
  dtype: z.string(),
  architecture: z.string(),
  vocabulary: count,
  tied_embeddings: z.boolean(),
  distance: z.number().nonnegative().nullable(),
});

const preparedEvaluationSchema = z.strictObject({
  id: sha256Hex<EvaluationId>(),
  file: z.string(),
  samples: count,
  tokens: count,
  scored_tokens: count,
  bytes: count,
  truncated: count,
  excluded: count,
  rendering: z.string(),
});

export const deviceSchema = z.strictObject({ name: z.string(), description: z.string() });

/** Of an estimate, but for the time, which is known by size or by model. */
export const estimateFields = {
  memory_bytes: z.number().nonnegative(),
  available_memory_bytes: z.number().nonnegative(),
  free_disk_bytes: z.number().nonnegative(),
  basis: z.string(),
};

export const preparedSchema: z.ZodType<Prepared> = z.strictObject({
  models: z.record(z.string(), preparedModelSchema),
  evaluations: z.record(z.string(), preparedEvaluationSchema),
  dtype: z.strictObject({ value: dtypeSchema, reason: z.string() }),
  device: deviceSchema,
  batch_tokens: z.number().int().positive(),
  estimate: z
    .strictObject({ seconds_per_merge: z.record(z.string(), z.number().nonnegative()), ...estimateFields })
    .nullable(),
  problems: z.array(placedProblemSchema),
  warnings: z.array(placedProblemSchema),
});

/** An answer with the question and the state of the files that it rests on. */
export type KeptAnswer<A> = Omit<PreparedFile, 'answer'> & { readonly answer: A };

export function keptAnswerSchema<A>(answer: z.ZodType<A>): z.ZodType<KeptAnswer<A>> {
  const files = z.array(
    z.strictObject({ path: z.string(), size: count.nullable(), mtime_ns: z.string().nullable() }),
  );
  const format = z.literal(STORE_FORMAT);
  return z.strictObject({
    format,
    agent: z.string(),
    request: prepareRequestSchema,
    files,
    answer,
  }) as unknown as z.ZodType<KeptAnswer<A>>;
}

export const preparedFileSchema: z.ZodType<PreparedFile> = keptAnswerSchema(preparedSchema);

export interface PrepareOptions {
  /** Absolute folder of the store. */
  readonly store: string;
  /** Absolute folder that the experiment lies in. */
  readonly root: string;
  readonly device: string;
  /** `source@revision` whose code the user allows to run. */
  readonly allowRemoteCode?: readonly string[];
}

/** Everything that the answer depends on, and nothing else: a new name or goal asks the same. */
export function prepareRequest(experiment: Experiment, options: PrepareOptions): PrepareRequest {
  const { evaluation } = experiment;
  return {
    store: options.store,
    root: options.root,
    models: [...experiment.sizes.flatMap(modelsOf), ...referencesOf(experiment)],
    embeddings: experiment.embeddings,
    evaluation: {
      domains: Object.fromEntries(evaluation.domains),
      max_length: evaluation.max_length,
      max_tokens_per_domain: evaluation.max_tokens_per_domain,
      chat_template: evaluation.chat_template,
      dtype: evaluation.dtype,
    },
    device: options.device,
    allow_remote_code: [...(options.allowRemoteCode ?? [])].sort(),
  };
}

type Model = PrepareRequest['models'][number];

function modelsOf(size: Experiment['sizes'][number]): Model[] {
  const base: Model = {
    id: `${size.name}/base`,
    source: size.base,
    role: 'base',
    size: size.name,
    name: null,
  };
  const experts = [...size.experts].map(
    ([name, source]): Model => ({
      id: `${size.name}/expert/${name}`,
      source,
      role: 'expert',
      size: size.name,
      name,
    }),
  );
  return [base, ...experts];
}

function referencesOf(experiment: Experiment): Model[] {
  return experiment.references.flatMap((reference): Model[] => {
    if (!('model' in reference)) return [];
    const { name, model } = reference;
    return [{ id: `reference/${name}`, source: model, role: 'reference', size: null, name }];
  });
}

/** The name of a cached answer: `prepared/<digest>.json`. */
export function requestDigest(request: PrepareRequest): string {
  return digest(request);
}

/** A cached answer; null where it is damaged, of another format, or the answer to another question. */
export function parsePreparedFile(text: string, request: PrepareRequest): PreparedFile | null {
  return parseKept(preparedFileSchema, text, request);
}

export function parseKept<A>(
  schema: z.ZodType<KeptAnswer<A>>,
  text: string,
  request: PrepareRequest,
): KeptAnswer<A> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const result = schema.safeParse(value);
  if (!result.success || requestDigest(result.data.request) !== requestDigest(request)) return null;
  return result.data;
}
