/** Pools of experts whose merges have any losses one likes, on samples that differ in difficulty. */
import { type Random, seededRandom } from '../../core/law/random.ts';
import type { Losses, Measured } from '../../core/selection/measured.ts';
import { type Samples, samplesOf } from '../../core/selection/samples.ts';
import { subsetsOf } from '../report/world.ts';

/** Neighbouring seeds of the generator begin alike: scattered ones make repetitions independent. */
export function scattered(seed: number): Random {
  return seededRandom(Math.imul(seed + 1, 0x9e3779b1));
}

/** Loss of a subset on domain e, nats per token. */
export type Truth = (members: readonly number[], e: number) => number;

export function allSubsets(pool: number): number[][] {
  return Array.from({ length: pool }, (_, i) => subsetsOf(pool, i + 1)).flat();
}

export function samplesFor(domains: number, n: number): Samples {
  return samplesOf(
    Array.from({ length: domains }, (_, e) => ({
      name: `e${e}`,
      tokens: Float64Array.from({ length: n }, (_, s) => 3 + ((s + e) % 5)),
    })),
  );
}

/** Losses by the truth, with difficulty shared by all models and noise of each sample for each model. */
export function measure(
  subsets: readonly (readonly number[])[],
  samples: Samples,
  truth: Truth,
  noise: number,
  random: Random = scattered(1),
): Measured[] {
  const shared = Float64Array.from(samples.tokens, () => (noise > 0 ? 0.5 * random.normal() : 0));
  return subsets.map((members) => ({
    members,
    draws: 1,
    ...row(members, samples, truth, shared, noise, random),
  }));
}

function row(
  members: readonly number[],
  samples: Samples,
  truth: Truth,
  shared: Float64Array,
  noise: number,
  random: Random,
): Losses {
  const nll = new Float64Array(samples.tokens.length);
  const domains = new Float64Array(samples.domains.length);
  for (let e = 0; e < domains.length; e++) {
    const loss = truth(members, e);
    const to = samples.start[e + 1] ?? 0;
    let sum = 0;
    for (let s = samples.start[e] ?? 0; s < to; s++) {
      const perToken = loss + (shared[s] ?? 0) + (noise > 0 ? noise * random.normal() : 0);
      nll[s] = (samples.tokens[s] ?? 0) * perToken;
      sum += nll[s] ?? 0;
    }
    domains[e] = sum / (samples.domainTokens[e] ?? 1);
  }
  return { nll, domains };
}

/** Random losses, the same whenever the same subset and domain are asked for. */
export function randomTruth(random: Random): Truth {
  const known = new Map<string, number>();
  return (members, e) => {
    const name = `${e}:${members.join()}`;
    const loss = known.get(name) ?? random.normal();
    known.set(name, loss);
    return loss;
  };
}

export function randomOrders(pool: number, count: number, random: Random): number[][] {
  return Array.from({ length: count }, () =>
    Array.from({ length: pool }, (_, d) => ({ d, at: random.uniform() }))
      .sort((a, b) => a.at - b.at)
      .map(({ d }) => d),
  );
}

/** The distinct prefixes of some orders, members ascending. */
export function prefixesOf(orders: readonly (readonly number[])[]): number[][] {
  const prefixes = orders.flatMap((order) =>
    order.map((_, i) => order.slice(0, i + 1).sort((a, b) => a - b)),
  );
  return [...new Map(prefixes.map((members) => [members.join(), members])).values()];
}
