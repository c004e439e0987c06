/**
 * What client and agent say to each other: JSON-RPC 2.0, a message a line, behind the banner `merge-lab-agent 1`.
 * One schema for the parameters and one for the answer of every call; a failure is a `Problem` in `error.data`.
 */
import * as z from 'zod';
import { MOST_WORKERS } from '../hosts/host.ts';
import { isSlurm } from '../hosts/slurm.ts';
import { preparedEnsembleSchema } from './ensemble/prepared.ts';
import type { Fingerprint } from './format.ts';
import { sha256Hex } from './hex.ts';
import { preparedSchema, prepareRequestSchema } from './prepared.ts';
import { problemSchema } from './problem-schema.ts';
import { runStateSchema, workerStatusSchema } from './status.ts';

/** Of the calls below; both sides say which one they speak. */
export const PROTOCOL = 1;

/** The agent's first line; what a shell prints before it is skipped. */
export const BANNER = /^merge-lab-agent (\d+)$/;

const bytes = z.number().nonnegative();
const planId = sha256Hex<string>();
const version = z.string().nullable();
/** Paths are relative to the store; one that ends in `/` means every file of that folder. */
const storePath = z.string().min(1);
const offset = z.number().int().nonnegative();

const device = z.strictObject({
  name: z.string(),
  description: z.string(),
  memory_bytes: bytes.nullable(),
  free_memory_bytes: bytes.nullable(),
});

const workersSchema = z.union([z.literal('auto'), z.number().int().min(1).max(MOST_WORKERS)]);

const text = z.string().exactOptional();
const amount = z.union([z.number(), z.string()]).exactOptional();

/** What sbatch is asked for, for each worker; `isSlurm` judges the values. */
const slurmOptions = z
  .strictObject({
    partition: text,
    account: text,
    qos: text,
    constraint: text,
    gpus: amount,
    cpus: z.number().exactOptional(),
    mem: amount,
    time: amount,
  })
  .refine(isSlurm);

/** A folder, and what it must still hold. */
const measuredModel = z.strictObject({ path: z.string(), fingerprint: sha256Hex<Fingerprint>() });

/** What to write: a plan's size and method with a subset, or weights for each expert. */
export const mergeDocumentSchema = z.strictObject({
  store: z.string().exactOptional(),
  plan: planId,
  size: z.string(),
  method: z.number().int().nonnegative().nullable(),
  seed: z.number().int().nonnegative().nullable(),
  subset: z.array(z.string()).exactOptional(),
  weights: z.record(z.string(), z.number()).exactOptional(),
  /** Absolute folder; refused where it holds something. */
  out: z.string(),
  /** Texts to put beside the model, by file name. */
  files: z.record(z.string(), z.string()).exactOptional(),
});

/** Which lines of a plan to score on which tasks; `files` of a task folder are named by their content, and were `put`. */
export const downstreamDocumentSchema = z.strictObject({
  plan: planId,
  device: z.string(),
  allow_remote_code: z.array(z.string()),
  models: z.array(z.record(z.string(), z.unknown())).min(1),
  /** One job of Slurm scores them, submitted by the host. */
  slurm: slurmOptions.exactOptional(),
  tasks: z
    .array(
      z.strictObject({
        key: sha256Hex<string>(),
        shots: z.number().int().nonnegative().nullable(),
        limit: z.number().int().positive().nullable(),
        name: z.string().exactOptional(),
        files: z.record(storePath, sha256Hex<string>()).exactOptional(),
      }),
    )
    .min(1),
});

/** Parameters and answer of each call. */
export const calls = {
  hello: {
    params: z.strictObject({ protocol: z.number().int(), client: z.string() }),
    answer: z.strictObject({ protocol: z.number().int(), agent: z.string(), python: z.string() }),
  },
  environment: {
    params: z.strictObject({ store: z.string().exactOptional() }),
    answer: z.strictObject({
      agent: z.string(),
      protocol: z.number().int(),
      store_format: z.number().int(),
      python: z.string(),
      executable: z.string(),
      system: z.string(),
      host: z.string(),
      torch: version,
      transformers: version,
      safetensors: version,
      tokenizers: version,
      numpy: version,
      devices: z.array(device),
      disk: z.strictObject({ folder: z.string(), total_bytes: bytes, free_bytes: bytes }).nullable(),
      problems: z.array(problemSchema),
    }),
  },
  prepare: { params: prepareRequestSchema, answer: z.union([preparedSchema, preparedEnsembleSchema]) },
  /** Measures the task vectors of one size, where the store does not have them: `geometry/<key>.json`. */
  geometry: {
    params: z.strictObject({
      store: z.string(),
      base: measuredModel,
      experts: z.array(measuredModel).min(1),
      embeddings: z.enum(['exact', 'common_rows']),
    }),
    answer: z.strictObject({ key: sha256Hex<string>() }),
  },
  /** Of the evaluation harness beside the agent: null where it is not installed. */
  harness: { params: z.strictObject({}), answer: z.strictObject({ version }) },
  list: {
    params: z.strictObject({ store: z.string().exactOptional(), root: z.string() }),
    answer: z.strictObject({
      models: z.array(z.strictObject({ path: z.string(), kind: z.enum(['checkpoint', 'adapter']) })),
      complete: z.boolean(),
    }),
  },
  launch: {
    params: z.union([
      z.strictObject({
        store: z.string(),
        plan: planId,
        device: z.string(),
        workers: workersSchema.exactOptional(),
        /** Workers are jobs of Slurm, submitted by the host. */
        slurm: slurmOptions.exactOptional(),
        /** Workers are actors of this Ray cluster; `auto`: of one that is found or started. */
        ray: text,
        allow_remote_code: z.array(z.string()).exactOptional(),
      }),
      z.strictObject({ store: z.string(), merge: mergeDocumentSchema }),
      z.strictObject({ store: z.string(), downstream: downstreamDocumentSchema }),
    ]),
    answer: z.strictObject({
      run: z.string(),
      state: z.enum(['started', 'queued', 'attached']),
      /** What would end it early, such as a logout. */
      note: z.string().exactOptional(),
    }),
  },
  stop: {
    params: z.strictObject({ store: z.string(), run: z.string(), now: z.boolean() }),
    answer: z.strictObject({ run: z.string(), state: runStateSchema }),
  },
  /** Of all of the store, or of one. */
  runs: {
    params: z.strictObject({ store: z.string(), run: z.string().exactOptional() }),
    answer: z.strictObject({
      runs: z.array(
        z.strictObject({
          run: z.string(),
          job: z.enum(['run', 'merge', 'downstream']),
          plan: z.string(),
          device: z.string(),
          state: runStateSchema,
          /** Null where it cannot be known from this machine. */
          alive: z.boolean().nullable(),
          problem: problemSchema.nullable(),
          workers: z.array(workerStatusSchema),
        }),
      ),
    }),
  },
  follow: {
    /** With a `plan` its results and runs too, those to come included. */
    params: z.strictObject({
      store: z.string(),
      files: z.record(storePath, offset),
      plan: planId.exactOptional(),
    }),
    answer: z.strictObject({ stream: z.string() }),
  },
  unfollow: {
    params: z.strictObject({ stream: z.string() }),
    answer: z.strictObject({}),
  },
  /** A piece of a file that is named by its content; `have` is how many bytes are there then. */
  put: {
    params: z.strictObject({
      store: z.string(),
      kind: z.enum(['plan', 'data']),
      sha256: sha256Hex<string>(),
      size: offset,
      offset,
      data: z.base64(),
    }),
    answer: z.strictObject({ path: z.string(), have: offset }),
  },
  /** The next piece of a file of the store. */
  get: {
    params: z.strictObject({ store: z.string(), path: storePath, offset, most: offset.exactOptional() }),
    answer: z.strictObject({ data: z.base64(), size: offset }),
  },
  /** Sizes of a merged model's files, by name; none where it is not written. */
  files: {
    params: z.strictObject({ store: z.string(), folder: storePath }),
    answer: z.strictObject({ files: z.record(z.string(), offset) }),
  },
  /** Removes a merged model that its client has. */
  discard: {
    params: z.strictObject({ store: z.string(), folder: storePath }),
    answer: z.strictObject({}),
  },
  /** Makes folders of models out of what was `put` as data: each at once, when nothing of it is `lacking` any more. */
  place: {
    params: z.strictObject({
      store: z.string(),
      models: z
        .array(
          z.strictObject({
            /** Absolute; refused where it holds anything else. */
            folder: z.string(),
            files: z.record(z.string(), z.strictObject({ sha256: sha256Hex<string>(), size: offset })),
          }),
        )
        .min(1),
    }),
    /** SHA-256 of what is still to be `put`. */
    answer: z.strictObject({ lacking: z.array(sha256Hex<string>()) }),
  },
} as const;

export type CallName = keyof typeof calls;
export type Params<C extends CallName> = z.output<(typeof calls)[C]['params']>;
export type Answer<C extends CallName> = z.output<(typeof calls)[C]['answer']>;

/** What the agent says unasked. */
export const notifications = {
  bytes: z.strictObject({ stream: z.string(), path: storePath, offset, data: z.base64() }),
  /** Everything of the plan that was there has been sent. */
  synced: z.strictObject({ stream: z.string() }),
  /** Whether any process of a run of the plan lives, null where the host does not know either; and workers that are gone. */
  lives: z.strictObject({
    stream: z.string(),
    run: z.string(),
    alive: z.boolean().nullable(),
    gone: z.array(z.string()),
  }),
} as const;

const id = z.union([z.number().int(), z.string()]);

export const requestSchema = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id,
  method: z.string(),
  params: z.record(z.string(), z.unknown()),
});

export const responseSchema = z.union([
  z.strictObject({ jsonrpc: z.literal('2.0'), id, result: z.unknown() }),
  z.strictObject({
    jsonrpc: z.literal('2.0'),
    id: id.nullable(),
    error: z.strictObject({ code: z.number().int(), message: z.string(), data: problemSchema }),
  }),
]);

export const notificationSchema = z.strictObject({
  jsonrpc: z.literal('2.0'),
  method: z.string(),
  params: z.record(z.string(), z.unknown()),
});
