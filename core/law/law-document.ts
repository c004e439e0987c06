import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { Goal } from '../experiment/experiment.ts';
import type { Problem } from '../problem.ts';
import type { Form, LawCurve } from './curve.ts';
import { fitCurve } from './fit-curve.ts';
import type { CurveData } from './input.ts';
import { readPoints } from './points-csv.ts';
import { fitSizes } from './sizes/fit-sizes.ts';
import type { SizesLaw } from './sizes/sizes-law.ts';
import { sizesLawSchema } from './sizes/sizes-schema.ts';

/** What `merge-lab law` is asked, beside the file. */
export interface LawOptions {
  readonly file?: string;
  /** Default: the largest k of each curve, or the number of experts that the subsets name. */
  readonly pool?: number | null;
  readonly form?: Form | null;
  readonly forecast?: readonly number[];
  /** Sizes to forecast beside those of the file, billions of parameters. */
  readonly sizes?: readonly number[];
  /** Default: within 0.01 nats. `epsilon` also asks for `k_epsilon`, `return` for its share in `k_return`. */
  readonly goal?: Goal;
}

/** The document that `merge-lab law --json` prints. */
export interface LawDocument {
  /** One for each domain and size. */
  readonly curves: readonly LawCurve[];
  /** One for each domain that has several sizes. */
  readonly joint: readonly SizesLaw[];
  /** How rows of the file were taken, in sentences. */
  readonly notes: readonly string[];
}

/** Fits each (domain, N) of a CSV apart, and the sizes of each domain together. The document is null when there are problems. */
export function lawDocument(
  text: string,
  options: LawOptions = {},
): { document: LawDocument | null; problems: readonly Problem[] } {
  const { curves, problems, notes } = readPoints(text, {
    ...(options.file === undefined ? {} : { file: options.file }),
    pool: options.pool ?? null,
  });
  if (problems.length > 0) return { document: null, problems };
  if ((options.sizes ?? []).length > 0 && !curves.some(({ N }) => N !== null))
    return { document: null, problems: [noSizes(options.file)] };
  const goal: Goal = options.goal ?? { rule: 'within', value: 0.01 };
  const seed = crc32(text) | 0;
  const fitted = curves.map((curve) =>
    fitCurve(curve, {
      goal,
      form: options.form ?? null,
      forecast: options.forecast ?? [],
      epsilon: goal.rule === 'epsilon' ? goal.value : null,
      returns: goal.rule === 'return' ? [goal.value] : [],
      interval: 'pool',
      stage: 'complete',
      seed,
      leaveOneOut: null,
    }),
  );
  return { document: { curves: fitted, joint: jointLaws(curves, options, seed), notes }, problems: [] };
}

function noSizes(file: string | undefined): Problem {
  return {
    code: 'sizes_missing',
    message: 'The file gives no sizes, so no loss at another size can be forecast.',
    fix: 'Add a column N (billions of parameters), or parameters.',
    ...(file === undefined ? {} : { file }),
    line: 1,
  };
}

function jointLaws(curves: readonly CurveData[], options: LawOptions, seed: number): SizesLaw[] {
  const domains = [...new Set(curves.map(({ domain }) => domain))];
  return domains.flatMap((domain) => {
    const own = curves.filter((curve) => curve.domain === domain && curve.N !== null);
    if (own.length < 2) return [];
    return fitSizes(own, {
      form: options.form === 'paper' ? 'paper' : 'signed',
      forecast: { N: options.sizes ?? [], k: options.forecast ?? [] },
      stage: 'complete',
      seed,
    });
  });
}

const form = z.enum(['paper', 'signed', 'quadratic', 'power', 'flat']);
const numbers = z.record(z.string(), z.number());
const limit = z.number().nullable().describe('null: no limit, or not known');
const ends = { low: limit, high: limit };
const experts = z.int().nonnegative().nullable();

const curveSchema = z.object({
  domain: z.string().nullable().describe('null: the only curve, or the mean over domains'),
  N: z.number().nullable().describe('billions of parameters'),
  form: z
    .union([form, z.literal('three_point')])
    .nullable()
    .describe('used for parameters and forecast'),
  pool: z.int().positive(),
  parameters: numbers.nullable(),
  intervals: z
    .record(z.string(), z.tuple([limit, limit]))
    .nullable()
    .describe('95%'),
  interval_method: z.string().nullable(),
  r2: z.number().nullable(),
  rmse: z.number().nullable().describe('nats'),
  forms: z.array(
    z.object({
      form,
      parameters: numbers,
      backtest: z.number().nullable().describe('root mean square forecast error over later k, nats'),
      rmse: z.number(),
      r2: z.number().nullable(),
    }),
  ),
  three_point: z.object({ Linf: z.number(), A: z.number(), b: z.number() }).nullable(),
  recommended_k: z
    .object({
      k: z.int().nonnegative(),
      low: experts,
      high: experts,
      rule: z.enum(['within', 'return', 'epsilon']),
      value: z.number(),
    })
    .nullable(),
  k_epsilon: z.object({ k: experts, epsilon: z.number(), reason: z.string().nullable() }).nullable(),
  k_return: z.record(z.string(), experts).nullable(),
  marginal_gain: z
    .array(z.object({ k: z.int().positive(), gain: z.number(), ...ends, measured: z.boolean() }))
    .nullable(),
  forecast: z.array(z.object({ k: z.number().positive(), loss: z.number(), ...ends, measured: z.boolean() })),
  reasons: z.record(z.string(), z.string()).describe('why a null above is null, by field name'),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
});

export const lawDocumentSchema = z.object({
  curves: z.array(curveSchema),
  joint: z.array(sizesLawSchema),
  notes: z.array(z.string()).describe('how rows of the file were taken'),
});

/** JSON Schema of the document, committed as law.schema.json. */
export function lawJsonSchema(): unknown {
  return z.toJSONSchema(lawDocumentSchema);
}
