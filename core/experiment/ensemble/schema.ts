/** A file of `kind: ensemble` as it is written: the one source of its types, its validation and its JSON Schema. */
import * as z from 'zod';
import {
  byteCountSchema,
  evaluationSchema,
  FORMAT_VERSION,
  nameSchema,
  parameterCountSchema,
  sourceSchema,
  targetSchema,
  wholeSchema,
} from '../schema.ts';

/** More models than this are refused. */
export const LARGEST_ENSEMBLE = 1_000;
/** Enough for half a page, and few enough for models with 1,024 positions at two bytes a token. */
export const DEFAULT_MAX_BYTES = 2_048;

const { data, domains, dtype } = evaluationSchema.shape;

const model = z.union([
  sourceSchema,
  z.strictObject({
    model: sourceSchema.describe('A folder (`./`, `../`, `/`, `~`) or a hub name with optional `@revision`.'),
    family: z
      .string()
      .min(1)
      .optional()
      .describe('Models of one family have much in common. Default: the architecture that its config names.'),
    null_of: nameSchema
      .optional()
      .describe(
        'The model that this is a reseed or quantisation of: it is in no pool, and shows what noise gives. Three reseeds of one model are needed to tell.',
      ),
    null_kind: z
      .enum(['reseed', 'quantisation'])
      .optional()
      .describe(
        'With `null_of`: trained again alike (`reseed`, the default), or the same weights in fewer bits, which differ by less than noise does.',
      ),
    merge_of: z
      .array(nameSchema)
      .min(1)
      .optional()
      .describe(
        'The models that this one was merged from. It is in no pool: it is held against pools by what serving takes.',
      ),
  }),
]);

const evaluation = z
  .strictObject({
    data,
    domains: domains.describe('Names for `{domain}` of `data`. Default: the keys of `data`.'),
    max_bytes: wholeSchema
      .min(1)
      .max(1_048_576)
      .default(DEFAULT_MAX_BYTES)
      .describe(
        'Of each sample: longer texts are cut at a character before they are tokenised, so that all models score the same text.',
      ),
    max_length: wholeSchema
      .min(2)
      .max(1_048_576)
      .default(2048)
      .describe('Tokens: a sample with more for any of the models is left out for all, and counted.'),
    chat_template: z
      .string()
      .min(1)
      .default('auto')
      .describe("`auto` (each model's own), `none`, or the path of a template for all."),
    dtype: dtype.describe('Of the forward pass; `auto` is chosen for each model. Cross-entropy is float32.'),
  })
  .describe('Held-out data: one loss for each model and sample.');

const pool = z
  .strictObject({
    k: wholeSchema.min(1).optional().describe('Models at most. Default: as many as there are.'),
    parameters: parameterCountSchema.optional().describe('Of all its models together at most, e.g. `14B`.'),
    memory: byteCountSchema.optional().describe('For the weights of all its models at most, e.g. `80GB`.'),
  })
  .describe('What the best pool may hold.');

export const ensembleFileSchema = z
  .strictObject({
    version: wholeSchema.min(1).max(FORMAT_VERSION).default(1).describe('Of this format.'),
    name: z.string().min(1).optional().describe('For people. Default: the name of the file.'),
    kind: z.literal('ensemble').describe('What is studied: models beside each other, none of them merged.'),
    models: z
      .record(nameSchema, model)
      .describe(
        'By name: a folder or hub name, or a map with `model`, `family`, `null_of`, `null_kind` and `merge_of`.',
      ),
    evaluation,
    pool: pool.prefault({}),
    target: targetSchema,
  })
  .describe(
    'An ensemble of Model Merge Lab: which models, what to score, and how large the best pool may be.',
  );

/** The file once it has the right shape. */
export type EnsembleFile = z.output<typeof ensembleFileSchema>;
