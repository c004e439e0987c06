/** What a sweep of a known world measures, and what is true of every subset. */
import type { Random } from '../../core/law/random.ts';
import type { Score } from '../../core/report/input.ts';
import type { Losses, Measured } from '../../core/selection/measured.ts';
import { type DomainWeights, normalised, type Samples, samplesOf } from '../../core/selection/samples.ts';
import { subsetsOf, type World, type WorldOptions } from '../report/world.ts';
import { allSubsets, randomOrders } from '../selection/pool.ts';

export interface Drawn {
  readonly subsets: readonly { readonly members: readonly number[]; readonly draws: number }[];
  /** Null unless the subsets are the prefixes of these orders. */
  readonly permutations: readonly (readonly number[])[] | null;
}

/** Which subsets a replicate merges. */
export type Sampling = (pool: number, random: Random) => Drawn;

/** Six experts that differ: what most studies draw again and again. */
export const SIX_EXPERTS: WorldOptions = { seed: 21, experts: 6, domains: 3, samples: 40, spread: 0.35 };

export interface Sweep {
  readonly name: string;
  readonly world: WorldOptions;
  readonly sampling: Sampling;
}

/** A small domain that counts as much as the two others together. */
export const UNEQUAL_DOMAINS = { samples: [10, 40, 200], weights: [2, 1, 1] } as const;

/** Everything measured, on many samples and on few; some subsets of each size; permutations. */
export function sweepsOfSix(subsetsASize: number): readonly Sweep[] {
  const world = SIX_EXPERTS;
  return [
    { name: 'every subset, 40 samples', world, sampling: everySubset },
    { name: 'every subset, 12 samples', world: { ...world, samples: 12 }, sampling: everySubset },
    { name: `${subsetsASize} subsets a size, 40 samples`, world, sampling: perSize(subsetsASize) },
    { name: '12 permutations, 40 samples', world, sampling: orders(12) },
  ];
}

export const everySubset: Sampling = (pool) => ({
  subsets: allSubsets(pool).map((members) => ({ members, draws: 1 })),
  permutations: null,
});

/** All single experts and the whole pool; so many of each other size at random. */
export function perSize(count: number): Sampling {
  return (pool, random) => ({
    subsets: Array.from({ length: pool }, (_, i) => i + 1).flatMap((k) => {
      const all = subsetsOf(pool, k).map((members) => ({ members, draws: 1, at: random.uniform() }));
      return k === 1 ? all : all.toSorted((a, b) => a.at - b.at).slice(0, count);
    }),
    permutations: null,
  });
}

/** Prefixes of random orders, and all single experts. */
export function orders(count: number): Sampling {
  return (pool, random) => {
    const permutations = randomOrders(pool, count, random);
    const draws = new Map(Array.from({ length: pool }, (_, d) => [String(d), { members: [d], draws: 0 }]));
    for (const order of permutations)
      for (let k = 1; k <= pool; k++) {
        const members = order.slice(0, k).sort((a, b) => a - b);
        const known = draws.get(members.join());
        draws.set(members.join(), { members, draws: (known?.draws ?? 0) + 1 });
      }
    return { subsets: [...draws.values()], permutations };
  };
}

export function samplesIn(world: World): Samples {
  return samplesOf([...world.evaluations()].map(([name, { tokens }]) => ({ name, tokens })));
}

export function weightsIn(world: World): DomainWeights {
  return normalised(world.weights);
}

/** On the world's evaluation samples. */
export function measuredIn(world: World, subsets: Drawn['subsets'], scale = 1): Measured[] {
  return subsets.map(({ members, draws }) => ({ members, draws, ...lossesIn(world, members, scale) }));
}

export function lossesIn(world: World, members: readonly number[], scale = 1): Losses {
  return joined(world.domains.map((_, d) => world.score(members, d, null, scale)));
}

/** Of θ0 + Σ w·v, with a weight for each expert. */
export function weightedLossesIn(world: World, weights: readonly number[]): Losses {
  return joined(world.domains.map((_, d) => world.weighted([...weights.keys()], weights, d)));
}

function joined(scores: readonly Score[]): Losses {
  const nll = new Float32Array(scores.reduce((sum, { perSample }) => sum + perSample.length, 0));
  let at = 0;
  for (const { perSample } of scores) {
    nll.set(perSample, at);
    at += perSample.length;
  }
  return { nll, domains: Float64Array.from(scores, (score) => score.nll / score.tokens) };
}

/** Over all samples there could be: every sample at the true loss. */
export function trueIn(world: World, samples: Samples, subsets: Drawn['subsets'], scale = 1): Measured[] {
  return subsets.map(({ members, draws }) => ({
    members,
    draws,
    ...trueLosses(world, samples, members, scale),
  }));
}

export function trueLosses(world: World, samples: Samples, members: readonly number[], scale = 1): Losses {
  const domains = Float64Array.from(world.truth(members, null, scale));
  const nll = Float64Array.from(samples.tokens);
  for (let d = 0; d < domains.length; d++)
    for (let s = samples.start[d] ?? 0; s < (samples.start[d + 1] ?? 0); s++)
      nll[s] = (nll[s] ?? 0) * (domains[d] ?? 0);
  return { nll, domains };
}
