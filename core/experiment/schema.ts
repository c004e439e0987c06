/**
 * The experiment file as it is written: the one source of its types, its validation and its JSON Schema. Defaults
 * that stand here are those of the file; what depends on other parts of it (`k`, `subsets`, `domains`) is filled in
 * by `resolve.ts`.
 */
import * as z from 'zod';

/** The newest version of the format that is understood. */
export const FORMAT_VERSION = 1;
/** More experts than this in one pool are refused. */
export const LARGEST_POOL = 64;
/** More subsets than this are never merged one and all. */
export const LARGEST_EXHAUSTIVE = 65_535;
/** More merges than this in one plan would never end. */
export const LARGEST_PLAN = 500_000;
/** Up to this many subsets, `all` is the default. */
export const DEFAULT_EXHAUSTIVE = 1_000;
export const DEFAULT_PERMUTATIONS = 15;

/** Methods that the format reserves; asking for one says that it comes later. */
export const LATER_METHODS: readonly string[] = [
  'breadcrumbs',
  'della',
  'sce',
  'model_stock',
  'slerp',
  'karcher',
];

/** A letter must be in it: a name of digits alone would change its place in every map of a program. */
const name = z
  .string()
  .regex(
    /^(?=.*\p{L})[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u,
    'a name begins with a letter or digit, holds a letter, and otherwise letters, digits, `_`, `.` and `-`',
  );
const source = z.string().min(1);
const whole = z.number().int();
const optionalList = (what: string) => z.array(name).default([]).describe(what);

const compatibility = z
  .enum(['none', 'mergekit'])
  .default('none')
  .describe('`mergekit`: its choices where tools disagree, for parity; such a method makes no law claims.');
const scale = z
  .union([z.number().positive(), z.literal('tuned')])
  .default(1)
  .describe(
    'Step length c: the update is multiplied by it. `tuned` merges every subset at 1, and a few of each k at other scales too: what the best step length gives, and how much of the gain over k is step length.',
  );
const dropRate = z
  .number()
  .min(0)
  .max(0.999)
  .default(0.2)
  .describe('Share of entries dropped at random; the kept ones are rescaled.');
const seeds = z
  .array(whole.min(0).max(4_294_967_295))
  .min(1)
  .default([0])
  .describe('One merge of each subset for each seed of the random masks.');

const methodObject = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('average'), compatibility }).describe('The mean of the task vectors.'),
  z
    .strictObject({
      method: z.literal('task_arithmetic'),
      scale,
      normalize: z
        .boolean()
        .default(true)
        .describe(
          'Divide the sum of task vectors by their number. Without it, a larger k is also a longer step.',
        ),
      compatibility,
    })
    .describe('The mean (or sum) of the task vectors times a scale.'),
  z
    .strictObject({
      method: z.literal('ties'),
      scale,
      density: z
        .number()
        .gt(0)
        .max(1)
        .default(1)
        .describe('Share of each task vector that is kept, the largest magnitudes.'),
      trim_scope: z
        .enum(['tensor', 'model'])
        .default('tensor')
        .describe('Whether the largest are found in each tensor or over the whole model.'),
      compatibility,
    })
    .describe('Trim, elect a sign for each coordinate, average what agrees with it.'),
  z
    .strictObject({ method: z.literal('dare'), drop_rate: dropRate, seeds, compatibility })
    .describe('Drop entries at random, rescale the rest, average.'),
  z
    .strictObject({ method: z.literal('dare_ties'), drop_rate: dropRate, seeds, scale, compatibility })
    .describe("Drop entries at random, rescale the rest, then the sign election of 'ties'."),
]);

export const METHOD_NAMES = ['average', 'task_arithmetic', 'ties', 'dare', 'dare_ties'] as const;
const methodName = z.enum(METHOD_NAMES);
const method = z.union([methodName, methodObject]);

const pathsByExpert = z.record(name, source);

const size = z.strictObject({
  base: source.describe('The base model of this size: a folder (`./`, `../`, `/`, `~`) or a hub name.'),
  experts: z
    .union([z.string().min(1), pathsByExpert])
    .describe('A pattern with `{expert}`, or a map from expert to model.'),
});

/** `1..3` */
export const K_RANGE = /^\s*(\d{1,4})\s*\.\.\s*(\d{1,4})\s*$/;
const kRange = z.string().regex(K_RANGE, 'a range of k is written `1..3`');

const subsets = z.union([
  z.literal('all'),
  whole.min(1).max(LARGEST_EXHAUSTIVE),
  z.strictObject({
    permutations: whole
      .min(1)
      .max(1_000)
      .describe('Random orders in which experts are added: each gives a subset of every k.'),
  }),
  z.strictObject({
    precision: z
      .number()
      .positive()
      .describe(
        'Merge random subsets until the mean over all subsets of each k is known to this many nats, up or down. What the evaluation samples leave open comes on top: more merges do not lessen it.',
      ),
    at_most: whole
      .min(1)
      .max(LARGEST_EXHAUSTIVE)
      .optional()
      .describe(
        'Merges of each method, seed and size at most, single experts and the whole pool included; a run that nobody attends makes them all. Default: 1,000, or all there are.',
      ),
  }),
]);

/** `14B` is 14,000,000,000 parameters. */
export const PARAMETER_COUNT = /^\s*(\d+(?:\.\d+)?)\s*([kKMGBT]?)\s*$/;
/** `80GB` is 80,000,000,000 bytes; `80GiB` is 85,899,345,920. */
export const BYTE_COUNT = /^\s*(\d+(?:\.\d+)?)\s*(B|[kKMGT]B|[KMGT]iB)\s*$/;

const downstreamTask = z.union([
  source,
  z.strictObject({
    task: source.describe(
      'A task of the harness, or a folder (`./`, `../`, `/`, `~`) with one and its data.',
    ),
    metric: z
      .string()
      .min(1)
      .optional()
      .describe('That models are compared by. Default: the first of the task.'),
    limit: whole.min(1).optional().describe('Only so many items, the first ones. Default: all.'),
    shots: whole
      .min(0)
      .max(100)
      .optional()
      .describe("Solved examples before each item. Default: the task's own number."),
  }),
]);

const evaluation = z
  .strictObject({
    data: z
      .union([z.string().min(1), z.record(name, source)])
      .describe('A pattern with `{domain}`, or a map from domain to file (JSON array or JSON Lines).'),
    domains: z.array(name).min(1).optional().describe("Default: the experts' names, or the keys of `data`."),
    max_length: whole.min(2).max(1_048_576).default(2048).describe('Longer samples are cut, and counted.'),
    max_tokens_per_domain: whole
      .min(1)
      .optional()
      .describe('Scored tokens: whole samples in file order until the next would exceed it. Default: all.'),
    chat_template: z.string().min(1).default('auto').describe('`auto`, `none`, or the path of a template.'),
    dtype: z
      .enum(['auto', 'float32', 'bfloat16', 'float16'])
      .default('auto')
      .describe('Of the forward pass; merging and cross-entropy are float32 always.'),
    downstream: z
      .array(downstreamTask)
      .default([])
      .describe(
        "Tasks of EleutherAI's evaluation harness: names, or folders with a task and its data. `run --downstream` scores the base, each expert, the recommended merge and the chosen ones of each k on them; the report says whether lower loss is more right answers.",
      ),
  })
  .describe('Held-out data: one loss for each domain.');

const sweep = z
  .strictObject({
    k: z
      .union([whole.min(1), kRange, z.array(whole.min(1)).min(1)])
      .optional()
      .describe('Sizes of subset: `1..3`, or a list. Default: 1 to the size of the pool.'),
    subsets: subsets
      .optional()
      .describe(
        '`all`, a number for each k, `{permutations: 15}`, or `{precision: 0.01, at_most: 200}`. Default: all up to 1,000 for each method and size, else 15 permutations.',
      ),
    seed: whole.min(0).max(4_294_967_295).default(0).describe('Of the draw of subsets.'),
  })
  .describe('Which subsets are merged.');

const goals = z
  .strictObject({
    within: z
      .number()
      .min(0)
      .optional()
      .describe('The smallest k within this many nats of the best reachable k. Default: 0.01.'),
    return: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe('The smallest k with this share of the improvement, instead of `within`.'),
    epsilon: z
      .number()
      .positive()
      .optional()
      .describe('The smallest k within this many nats of the floor, instead of `within`.'),
    pick: whole.min(1).optional().describe('Size of the subset to recommend. Default: the recommended k.'),
    weights: z
      .record(name, z.number().min(0))
      .default({})
      .describe('Weights of domains in the objective; 1 where none is given.'),
    must_include: optionalList('Experts that every subset must hold which the report speaks of.'),
    must_exclude: optionalList('Experts that the report leaves out, as if the file did not name them.'),
    interval: z
      .enum(['pool', 'population'])
      .default('pool')
      .describe('What intervals are about: this pool, or experts like these.'),
    method: methodName
      .optional()
      .describe('That the headline answers for. Default: the one with the lowest loss.'),
    size: name.optional().describe('That the headline answers for. Default: the largest.'),
  })
  .describe('What "recommended" means. Edits here recompute at once, without a run.');

const reference = z
  .strictObject({
    name: z.string().min(1),
    loss: z.number().min(0).optional().describe('A loss known from elsewhere, nats per token.'),
    model: source.optional().describe('A model to score like any merge.'),
    gpu_hours: z.number().min(0).optional(),
  })
  .describe('Drawn across the charts.');

const parameterCount = z.union([
  z.number().positive(),
  z.string().regex(PARAMETER_COUNT, 'parameters are written `14B` or `500M`'),
]);
const byteCount = z.union([
  z.number().positive(),
  z.string().regex(BYTE_COUNT, 'memory is written `80GB` or `80GiB`'),
]);
const target = z.string().min(1).default('local').describe('`local`, or the name of a host.');

const budget = z.strictObject({
  gpu_hours: z.number().positive().optional(),
  hours_per_expert_per_billion: z.number().positive().optional(),
  max_parameters: parameterCount.optional(),
  memory: byteCount.optional(),
  target_loss: z.number().positive().optional(),
});

const merge = z
  .strictObject({
    method: methodName.optional(),
    size: name.optional(),
    subset: z.array(name).min(1).optional(),
    weights: z
      .record(name, z.number())
      .optional()
      .describe('Of each expert, instead of `method` and `subset`.'),
    out: z.string().min(1).optional().describe('Folder that the merged model is written to.'),
  })
  .describe('The model to write; filled in by a click, never part of a result.');

export const experimentFileSchema = z
  .strictObject({
    version: whole.min(1).max(FORMAT_VERSION).default(1).describe('Of this format.'),
    name: z.string().min(1).optional().describe('For people. Default: the name of the file.'),
    kind: z.literal('merge').default('merge').describe('What is studied: merging.'),
    base: source
      .optional()
      .describe(
        'The model that all experts were fine-tuned from: a folder or a hub name with optional `@revision`.',
      ),
    sizes: z
      .record(name, size)
      .optional()
      .describe('Several model sizes, instead of `base` and paths under `experts`.'),
    experts: z
      .union([z.array(name).min(1), pathsByExpert])
      .describe('The pool: a map from name to model, or with `sizes` a list of names.'),
    embeddings: z
      .enum(['exact', 'common_rows'])
      .default('exact')
      .describe('`common_rows` merges the rows that all vocabularies share.'),
    methods: z.array(method).min(1).default(['average']).describe('How task vectors become one update.'),
    evaluation,
    sweep: sweep.prefault({}),
    goals: goals.prefault({}),
    references: z.array(reference).default([]).describe('Losses and models to compare with.'),
    budget: budget.optional().describe('For planning: what growing the model or adding an expert may cost.'),
    merge: merge.optional(),
    target,
  })
  .describe('An experiment of Model Merge Lab: which experts to merge, how, and what to score.');

/** The file once it has the right shape, with the defaults that stand alone. */
export type ExperimentFile = z.output<typeof experimentFileSchema>;
export type MethodEntry = ExperimentFile['methods'][number];

/** For files of other kinds. */
export {
  byteCount as byteCountSchema,
  evaluation as evaluationSchema,
  name as nameSchema,
  parameterCount as parameterCountSchema,
  source as sourceSchema,
  target as targetSchema,
  whole as wholeSchema,
};
