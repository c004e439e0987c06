import { z } from 'zod';

const limit = z.number().nullable().describe('null: no limit, or not known');
const interval = z.tuple([limit, limit]);
const size = z.number().positive().describe('billions of parameters');
const bounded = z.object({ value: z.number(), low: limit, high: limit });
const r2 = z.number().nullable();
const six = <T extends z.ZodType>(value: T) =>
  z.object({ Lstar: value, B: value, beta: value, A0: value, gamma: value, b: value });

/** Of a `SizesLaw`: L* + B·N^−β + A0·N^−γ/(k + b). */
export const sizesLawSchema = z.object({
  domain: z.string().nullable().describe('null: the only one, or the mean over domains'),
  sizes: z.array(size),
  pool: z.int().positive(),
  form: z.enum(['signed', 'paper']).describe('signed: b ≥ −0.8; paper: b ≥ 0'),
  parameters: six(z.number()).nullable(),
  intervals: six(interval).nullable().describe('95%'),
  interval_method: z.string().nullable(),
  bounds: six(interval).nullable().describe('where each parameter was allowed to be'),
  standing: six(z.enum(['identified', 'saturated', 'on_bound', 'not_identified'])).nullable(),
  r2,
  rmse: z.number().nullable().describe('nats'),
  misfit: z.number().nullable().describe('standard deviation around the law beyond known errors, nats'),
  paper: z
    .object({ parameters: six(z.number()), rmse: z.number(), r2 })
    .nullable()
    .describe('with b ≥ 0'),
  by_size: z
    .object({
      b: z.number(),
      b_low: limit,
      b_high: limit,
      sizes: z.array(
        z.object({
          N: size,
          floor: bounded,
          tail: bounded,
          own_b: z.number().nullable(),
          rmse: z.number(),
        }),
      ),
      shared_b: z
        .object({
          F: z.number(),
          df1: z.number(),
          df2: z.number().nullable().describe('null: infinite'),
          p: z.number(),
          does_as_well: z.boolean(),
        })
        .nullable(),
    })
    .nullable()
    .describe('floors and tails free by size, one offset b for all'),
  held_out: z.array(
    z.object({
      kind: z.enum(['later', 'left_out']),
      N: size,
      fitted: z.array(size),
      rms: z.number().describe('nats'),
      bias: z.number().describe('forecast minus measured, nats'),
    }),
  ),
  forecast: z.array(
    z.object({
      N: size,
      k: z.number().positive(),
      loss: z.number(),
      low: limit,
      high: limit,
      measured: z.boolean(),
    }),
  ),
  iso_loss: z.array(
    z.object({
      loss: z.number(),
      points: z.array(
        z.object({ N: size, k: z.number().min(1).nullable().describe('null: not reached in the pool') }),
      ),
    }),
  ),
  reasons: z.record(z.string(), z.string()),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
});
