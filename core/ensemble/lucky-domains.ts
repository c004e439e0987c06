/**
 * What luck with domains gives to the best pool among as many models, if these differed by domain as runs of one model
 * do. A few runs say how much they differ, with the error of a few; the best of many models is luckier than the best of them.
 */
import { seededRandom } from '../law/random.ts';
import type { Estimated } from '../selection/estimated.ts';
import type { Losses } from '../selection/measured.ts';
import type { DomainWeights } from '../selection/samples.ts';

const DRAWS = 500;

/** Of what a normal world gives, by simulation. @param k models of a pool; @param M models that it is chosen among */
export function luckByDomain(
  runs: readonly Losses[],
  k: number,
  M: number,
  weights: DomainWeights,
  seed: number,
): Estimated {
  const freedom = (runs.length - 1) * (weights.length - 1);
  const deviation = Math.sqrt(squaresOf(runs) / freedom);
  const random = seededRandom(seed);
  const draws = Float64Array.from({ length: DRAWS }, () => {
    const gain = bestPoolGain(randomModels(M, weights, random.normal), k, weights);
    return (deviation * gain) / Math.sqrt(random.chiSquared(freedom) / freedom);
  }).sort();
  const at = (share: number) => draws[Math.round(share * (DRAWS - 1))] as number;
  return { value: at(0.5), low: at(0.025), high: at(0.975) };
}

/** Of runs by domains, the means of both taken away: samples add to it, so that it is rather too large. */
function squaresOf(runs: readonly Losses[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const ofDomain = (runs[0]?.domains ?? []).map((_, d) =>
    mean(runs.map(({ domains }) => domains[d] as number)),
  );
  return runs.reduce((sum, { domains }) => {
    const off = Array.from(domains, (value, d) => value - (ofDomain[d] as number));
    const level = mean(off);
    return sum + off.reduce((own, value) => own + (value - level) ** 2, 0);
  }, 0);
}

/** How much better each model is by domain, of one level. Shape (M)(D). */
function randomModels(M: number, weights: DomainWeights, normal: () => number): Float64Array[] {
  return Array.from({ length: M }, () => {
    const own = Float64Array.from(weights, () => normal());
    const level = own.reduce((sum, value, d) => sum + (weights[d] as number) * value, 0);
    return own.map((value) => value - level);
  });
}

/** Of the best pair, and models added to it one by one. */
function bestPoolGain(models: readonly Float64Array[], k: number, weights: DomainWeights): number {
  const [only] = models;
  if (!only || models.length < 2) return 0;
  let best = { pool: only, gain: Number.NEGATIVE_INFINITY };
  for (const [m, first] of models.entries()) best = bestWith(first, models.slice(m + 1), weights, best);
  for (let size = 2; size < Math.min(k, models.length); size++)
    best = bestWith(best.pool, models, weights, best);
  return best.gain;
}

interface Pool {
  /** Of its best model in each domain. Shape (D). */
  readonly pool: Float64Array;
  readonly gain: number;
}

function bestWith(
  pool: Float64Array,
  models: readonly Float64Array[],
  weights: DomainWeights,
  before: Pool,
): Pool {
  let [found, top]: [Float64Array | null, number] = [null, before.gain];
  for (const model of models) {
    let gain = 0;
    for (let d = 0; d < pool.length; d++)
      gain += (weights[d] as number) * Math.max(pool[d] as number, model[d] as number);
    if (gain > top) [found, top] = [model, gain];
  }
  return found ? { pool: pool.map((value, d) => Math.max(value, found[d] as number)), gain: top } : before;
}
