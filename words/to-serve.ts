/** What of an ensemble is to be served. */
import type {
  BestPool,
  BetterMerge,
  EnsembleReport,
  ModelScore,
  ServedPool,
} from '../core/ensemble/types.ts';
import type { Estimate } from './estimates.ts';

/**
 * The best pool within the file's limits; without any, of two: what a second model would buy. Null for a single model, and
 * where no model is within the limits.
 */
export function chosenPool({
  goal,
  limit,
  best_pools,
}: Pick<EnsembleReport, 'goal' | 'limit' | 'best_pools'>): BestPool | null {
  if (isLimited(limit)) return goal;
  return best_pools.find((pool) => pool.limit.k === 2) ?? null;
}

export function isLimited(limit: EnsembleReport['limit']): boolean {
  return Object.values(limit).some((value) => value !== null);
}

export function bestSingle({ models, best_single }: EnsembleReport): ModelScore | null {
  return models[best_single] ?? null;
}

/**
 * What to serve: nothing where no model is within the limits, a pool mixed where that is surely better than one model alone,
 * and a merge that is surely better than either and takes no more.
 */
export type ToServe =
  | Unmerged
  | {
      readonly kind: 'merge';
      readonly merge: BetterMerge;
      readonly model: ModelScore;
      /** What to serve without it. */
      readonly than: Unmerged;
    };

export type Unmerged =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'alone'; readonly model: ModelScore; readonly not: ServedPool | null }
  | { readonly kind: 'together'; readonly pool: ServedPool; readonly model: ModelScore };

export function toServe(report: EnsembleReport): ToServe {
  const than = withoutMerges(report);
  const merge = (chosenPool(report) ?? report.best_pools[0])?.better_merge;
  const model = merge && report.models.find(({ name }) => name === merge.name);
  return merge && model && than.kind !== 'nothing' ? { kind: 'merge', merge, model, than } : than;
}

function withoutMerges(report: EnsembleReport): Unmerged {
  const pool = chosenPool(report);
  if (!pool && isLimited(report.limit)) return { kind: 'nothing' };
  const served = pool?.served ?? null;
  const single = served?.single ?? pool?.members[0];
  const model = report.models.find(({ name }) => name === single) ?? bestSingle(report);
  if (!model) return { kind: 'nothing' };
  const together =
    served !== null && (isSurely(served.gain) ?? (report.stage === 'points' && served.gain.value > 0));
  return together ? { kind: 'together', pool: served, model } : { kind: 'alone', model, not: served };
}

/** Null where there is no interval. */
function isSurely({ low }: Estimate): boolean | null {
  return low === null ? null : low > 0;
}

/** Of the models to serve; none where nothing fits. */
export function servedNames(report: EnsembleReport): readonly string[] {
  const answer = toServe(report);
  return answer.kind === 'merge' ? [answer.merge.name] : unmergedNames(answer);
}

export function unmergedNames(answer: Unmerged): readonly string[] {
  if (answer.kind === 'nothing') return [];
  return answer.kind === 'together' ? answer.pool.members : [answer.model.name];
}
