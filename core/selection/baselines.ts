import { throwIfCancelled } from '../law/cancelled.ts';
import { choiceVariance } from './choice-variance.ts';
import { crossFit } from './chosen.ts';
import { samplesShowSpread } from './curve-error.ts';
import { type Estimated, estimatedFrom } from './estimated.ts';
import { FOLDS, type Folds, onlyFolding } from './folds.ts';
import { influence, type Losses, type Measured, objectiveOf } from './measured.ts';
import { LANES, OutsideFolds } from './outside-folds.ts';
import { pairedVariance } from './sample-variance.ts';
import type { DomainWeights, Samples } from './samples.ts';
import { backwardPath, forwardPath, type Graph, type Path, swapPath } from './search-paths.ts';
import { isMember, masksOf, subsetFinder } from './subset-masks.ts';

/** What simple searches would have found among the measured merges that the goals allow, by k ascending. */
export interface Baselines {
  /** From nothing, or what must be in, always the expert that helps most. */
  readonly forward: readonly BaselinePoint[];
  /** From the whole pool, or what may be in, always without the expert that helps least. */
  readonly backward: readonly BaselinePoint[];
  /** From the forward subset, exchanging one expert for another while that helps. */
  readonly swap: readonly BaselinePoint[];
}

export interface BaselinePoint {
  readonly k: number;
  /** Indices into the pool, ascending. */
  readonly members: readonly number[];
  /** On all samples, nats per token. */
  readonly loss: number;
  /** Loss minus that of the best measured subset of this k, all on the samples that chose both: never negative. */
  readonly regret: number;
  /** The same with both chosen on other samples than they are judged on; may be negative. Null at the points stage. */
  readonly cross_fitted: Estimated | null;
  /** Different merges that the search needs until here, and how many more it would have looked at. */
  readonly looked: number;
  readonly missing: number;
}

export interface BaselineInput {
  readonly measured: readonly Measured[];
  readonly pool: number;
  readonly samples: Samples;
  readonly weights: DomainWeights;
  /** Null at the points stage. */
  readonly folds: Folds | null;
  /** Experts by index that every subset has, and that none has; default none. */
  readonly required?: readonly number[];
  readonly forbidden?: readonly number[];
  /** By k: how many subsets cannot be told from the best, itself included; default that one alone. */
  readonly tied?: ReadonlyMap<number, number>;
  readonly cancelled?: () => boolean;
}

interface Searches {
  readonly forward: Path;
  readonly backward: Path;
  readonly swap: Path;
  /** By k: index of the best measured subset. */
  readonly best: ReadonlyMap<number, number>;
}

/** @throws Cancelled */
export function baselines(input: BaselineInput): Baselines {
  const { measured, pool, weights, required = [], forbidden = [] } = input;
  const masks = masksOf(measured);
  const free = Array.from({ length: pool }, (_, d) => d).filter(
    (d) => !required.includes(d) && !forbidden.includes(d),
  );
  const graph: Graph = { masks, find: subsetFinder(masks), required, free };
  const allowed = allowedOf(graph);
  const losses = Float64Array.from(measured, (row) => objectiveOf(row, weights));
  const all = searchesOf(graph, allowed, losses);
  const perFold = lossesPerFold(input)?.map((own) => searchesOf(graph, allowed, own)) ?? null;
  const points = (name: 'forward' | 'backward' | 'swap') =>
    [...all[name]]
      .sort(([a], [b]) => a - b)
      .map(([k, { index, looked, missing }]): BaselinePoint => {
        throwIfCancelled(input.cancelled);
        return {
          k,
          members: (measured[index] as Measured).members,
          loss: losses[index] as number,
          regret: (losses[index] as number) - (losses[all.best.get(k) ?? index] as number),
          cross_fitted: perFold && crossFittedRegret(input, perFold, name, k),
          looked,
          missing,
        };
      });
  return { forward: points('forward'), backward: points('backward'), swap: points('swap') };
}

function searchesOf(graph: Graph, allowed: readonly number[], losses: Float64Array): Searches {
  const forward = forwardPath(graph, losses);
  const best = new Map<number, number>();
  for (const i of allowed) {
    const k = graph.masks.size[i] as number;
    const known = best.get(k);
    if (known === undefined || (losses[i] as number) < (losses[known] as number)) best.set(k, i);
  }
  return { forward, backward: backwardPath(graph, losses), swap: swapPath(graph, losses, forward), best };
}

/** Indices of those that have every required expert, and beside them only free ones. */
function allowedOf({ masks, required, free }: Graph): number[] {
  const count = (i: number, experts: readonly number[]) =>
    experts.reduce((sum, d) => sum + Number(isMember(masks, i, d)), 0);
  return Array.from(masks.size, (_, i) => i).filter(
    (i) =>
      count(i, required) === required.length &&
      count(i, free) + required.length === (masks.size[i] as number),
  );
}

/** The objective outside each fold. Shape (folds), each (measured). */
function lossesPerFold({
  measured,
  samples,
  weights,
  folds,
  cancelled,
}: BaselineInput): Float64Array[] | null {
  if (!folds) return null;
  const outside = OutsideFolds.of(samples, weights, onlyFolding(folds));
  const perFold = Array.from({ length: FOLDS }, () => new Float64Array(measured.length));
  for (let i = 0; i < measured.length; i += LANES) {
    if (i % 1024 === 0) throwIfCancelled(cancelled);
    const rows = measured.slice(i, i + LANES);
    const losses = outside.ofEach(rows);
    for (const [f, own] of perFold.entries())
      for (let lane = 0; lane < rows.length; lane++) own[i + lane] = losses[lane * FOLDS + f] as number;
  }
  return perFold;
}

/** Null where the search on some fold does not reach this k. */
function crossFittedRegret(
  { measured, samples, weights, folds, tied }: BaselineInput,
  perFold: readonly Searches[],
  name: 'forward' | 'backward' | 'swap',
  k: number,
): Estimated | null {
  const found = perFold.flatMap((searches) => searches[name].get(k)?.index ?? []);
  const best = perFold.flatMap(({ best: own }) => own.get(k) ?? []);
  if (!folds || found.length < FOLDS || best.length < FOLDS) return null;
  const judgedBy = (chosen: readonly number[]): Losses =>
    crossFit((fold) => measured[chosen[fold] as number] as Measured, samples, folds);
  const [one, other] = [judgedBy(found), judgedBy(best)];
  const value = objectiveOf(one, weights) - objectiveOf(other, weights);
  if (!samplesShowSpread(samples, weights)) return { value, low: null, high: null };
  const [a, b] = [influence(one, samples, weights), influence(other, samples, weights)];
  const own = pairedVariance(a, b, samples);
  return estimatedFrom(value, [{ ...own, variance: own.variance + choiceVariance(tied?.get(k) ?? 1, own) }]);
}
