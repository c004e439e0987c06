/**
 * What luck with domains gives to the best pool among as many models, if these differed by domain as runs of one model
 * do. A few runs say how much they differ, with the error of a few; the best of many models is luckier than the best of
 * them; and domains that move together are fewer than they look.
 */
import { throwIfCancelled } from '../law/cancelled.ts';
import { type Random, seededRandom } from '../law/random.ts';
import type { Estimated } from '../selection/estimated.ts';
import { dot, type Losses } from '../selection/measured.ts';
import type { DomainWeights } from '../selection/samples.ts';
import { covarianceFactor, deviationsOf, directionsOf, freedomOf, sizeOf } from './domain-spread.ts';
import { luckiestGain } from './luckiest-pool.ts';

const DRAWS = 500;

/** A normal world of models, and how well its size is known. */
interface World {
  /** Shape (rank)(D). */
  readonly factor: readonly Float64Array[];
  /** Degrees of freedom. */
  readonly freedom: number;
}

/**
 * By simulation. In which directions models differ is taken once from the runs, and once from all models, which if nothing
 * but luck makes them differ are runs as well; how much, from the runs alone. Of both answers the one that allows for
 * less luck.
 * @param runs two or more, the first of them in the pool @param pool all models that the best k are chosen among
 */
export function luckByDomain(
  runs: readonly Losses[],
  pool: readonly Losses[],
  k: number,
  weights: DomainWeights,
  seed: number,
  cancelled?: () => boolean,
): Estimated {
  const own = deviationsOf(runs, weights);
  const all = deviationsOf([...pool, ...runs.slice(1)], weights);
  const worlds: World[] = [
    { factor: covarianceFactor(own), freedom: (runs.length - 1) * directionsOf(own) },
    { factor: resized(covarianceFactor(all), sizeOf(own)), freedom: (runs.length - 1) * freedomOf(all) },
  ];
  const [a, b] = worlds.map((world) => luckIn(world, k, pool.length, seed, cancelled)) as [Luck, Luck];
  return a.high < b.high ? a : b;
}

type Luck = { readonly [part in keyof Estimated]: number };

function luckIn(
  { factor, freedom }: World,
  k: number,
  M: number,
  seed: number,
  cancelled: (() => boolean) | undefined,
): Luck {
  const random = seededRandom(seed);
  const draws = Float64Array.from({ length: DRAWS }, () => {
    throwIfCancelled(cancelled);
    const models = Array.from({ length: M }, () => randomModel(factor, random));
    return luckiestGain(models, k) * Math.sqrt(freedom / random.chiSquared(freedom));
  }).sort();
  const at = (share: number) => draws[Math.round(share * (DRAWS - 1))] as number;
  return { value: at(0.5), low: at(0.025), high: at(0.975) };
}

/** Shape (D). */
function randomModel(factor: readonly Float64Array[], random: Random): Float64Array {
  const model = new Float64Array(factor[0]?.length ?? 0);
  for (const column of factor) {
    const z = random.normal();
    for (let d = 0; d < model.length; d++) model[d] = (model[d] as number) + z * (column[d] as number);
  }
  return model;
}

/** In the same directions, with this trace of the covariance. */
function resized(factor: readonly Float64Array[], size: number): Float64Array[] {
  const scale = Math.sqrt(size / factor.reduce((sum, column) => sum + dot(column, column), 0));
  return factor.map((column) => column.map((value) => scale * value));
}
