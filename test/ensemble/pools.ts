/** Small ensembles made up for tests. M models, S samples. */

import type { EnsembleInput, EnsembleModel } from '../../core/ensemble/types.ts';
import { seededRandom } from '../../core/law/random.ts';

/** Losses in nats of each model on each sample. */
export type Matrix = readonly (readonly number[])[];

export interface Declared {
  readonly family?: string;
  readonly parameters?: number;
  readonly nullOf?: string;
  readonly nullKind?: 'reseed' | 'quantisation';
  readonly overlong?: readonly number[];
}

export function inputOf(
  nll: Matrix,
  declared: readonly Declared[] = [],
  more: Partial<EnsembleInput> = {},
): EnsembleInput {
  const S = nll[0]?.length ?? 0;
  return {
    name: 'made up',
    models: nll.map((row, m) => modelOf(m, row, declared[m] ?? {})),
    domains: [{ name: 'text', weight: null }],
    domainOf: new Array<number>(S).fill(0),
    bytes: new Array<number>(S).fill(100),
    goal: { k: null, parameters: null, memory: null },
    ...more,
  };
}

function modelOf(
  m: number,
  nll: readonly number[],
  { family, parameters = 1e9, nullOf, nullKind, overlong }: Declared,
): EnsembleModel {
  return {
    name: `m${m}`,
    family: family ?? 'one',
    tokenizer: 'same',
    parameters: { total: parameters, active: parameters, embedding: parameters / 10 },
    servingBytes: 2 * parameters,
    flopsPerToken: 2 * parameters,
    nullOf: nullOf ?? null,
    ...(nullKind ? { nullKind } : {}),
    nll: Float64Array.from(nll),
    overlong: overlong ?? [],
  };
}

/** Shared difficulty, and for each model independent noise around the same mean: reseeds of one model. */
export function noise(M: number, S: number, seed: number, spread = 10): number[][] {
  const random = seededRandom(seed);
  const difficulty = Array.from({ length: S }, () => 60 + 60 * random.uniform());
  return Array.from({ length: M }, () => difficulty.map((base) => base + spread * random.normal()));
}

/** Training again: runs differ in level, by domain (sample s is of domain s mod D) and on each sample; standard deviations. */
export function retrained(
  M: number,
  S: number,
  D: number,
  { level, domain, own }: { readonly level: number; readonly domain: number; readonly own: number },
  seed: number,
): number[][] {
  const random = seededRandom(seed);
  const difficulty = Array.from({ length: S }, () => 60 + 60 * random.uniform());
  return Array.from({ length: M }, () => {
    const off = level * random.normal();
    const byDomain = Array.from({ length: D }, () => off + domain * random.normal());
    return difficulty.map((base, s) => base + (byDomain[s % D] ?? 0) + own * random.normal());
  });
}

/** Sample s is of kind s mod kinds; model m is better by `skill` nats on kind m mod kinds, worse on all others. */
export function complementary(M: number, S: number, kinds: number, skill: number, seed: number): number[][] {
  return noise(M, S, seed, 1).map((row, m) =>
    row.map((value, s) => value + (s % kinds === m % kinds ? -skill : skill / (kinds - 1))),
  );
}

/** All subsets of 0..M−1 of size k. */
export function subsets(M: number, k: number): number[][] {
  if (k === 0) return [[]];
  return Array.from({ length: M }, (_, m) => m).flatMap((m) => subsets(m, k - 1).map((rest) => [...rest, m]));
}

/** S samples dealt out to domains in turn, as kinds are. */
export function domainsOf(S: number, count: number): Pick<EnsembleInput, 'domains' | 'domainOf'> {
  return {
    domains: Array.from({ length: count }, (_, d) => ({ name: `d${d}`, weight: null })),
    domainOf: Array.from({ length: S }, (_, s) => s % count),
  };
}

export interface Family {
  readonly parameters: number;
  readonly family: string;
}

/**
 * Larger models are better, by 60·N^−0.3 nats. Models of a family err together with standard deviation `shared`, each
 * by itself with `own`.
 */
export function families(
  models: readonly Family[],
  S: number,
  shared: number,
  own: number,
  seed: number,
): number[][] {
  const random = seededRandom(seed);
  const difficulty = Array.from({ length: S }, () => 1 + 0.2 * random.normal());
  const names = new Set(models.map(({ family }) => family));
  const together = new Map([...names].map((name) => [name, difficulty.map(() => shared * random.normal())]));
  return models.map(({ parameters, family }) =>
    difficulty.map((value, s) => {
      const level = value * (60 + 60 * (parameters / 1e9) ** -0.3);
      return Math.max(0, level + (together.get(family)?.[s] ?? 0) + own * random.normal());
    }),
  );
}

/** Least of k Weibull variables of shape a is one of scale k^(−1/a): the oracle is a power law in k, with its floor. */
export const WEIBULL = { floor: 60, scale: 60, shape: 2.5 };

export function weibull(M: number, S: number, seed: number): number[][] {
  const random = seededRandom(seed);
  const { floor, scale, shape } = WEIBULL;
  return Array.from({ length: M }, () =>
    Array.from({ length: S }, () => floor + scale * (-Math.log(1 - random.uniform())) ** (1 / shape)),
  );
}
