import { bestPools } from './best-pools.ts';
import type { EnsembleData } from './data.ts';
import { UNLIMITED } from './limits.ts';
import { compareServing } from './serving.ts';
import type { BestPool, EnsembleReport, ModelScore } from './types.ts';

/**
 * Merges of the file against the best pools of the very models that were merged: a merge is served as one model, a pool as
 * all of its. Oracles are cross-fitted. Null where the file names no merge.
 */
export function mergeOrPool(
  data: EnsembleData,
  models: readonly ModelScore[],
  cancelled?: () => boolean,
): EnsembleReport['serving'] {
  const merges = models.filter(({ merge_of }) => merge_of !== null);
  if (merges.length === 0) return null;
  const merged = new Set(merges.flatMap(({ merge_of }) => merge_of ?? []));
  const pool = data.pool.filter((m) => merged.has(data.models[m]?.name ?? ''));
  const options = { stage: 'points', ...(cancelled ? { cancelled } : {}) } as const;
  const { byCount: pools } = bestPools({ ...data, pool }, UNLIMITED, options);
  const points = [merges.map(mergePoint), pools.map(poolPoint)] as const;
  return {
    of: pool.map((m) => data.models[m]?.name ?? ''),
    pools,
    bytes: compareServing(...points, 'bytes'),
    flops: compareServing(...points, 'flops'),
  };
}

function mergePoint({ merge_of, serving_bytes, flops_per_token, bits_per_byte }: ModelScore) {
  const cost = { servingBytes: serving_bytes, flopsPerToken: flops_per_token };
  return { k: merge_of?.length ?? 0, ...cost, bitsPerByte: bits_per_byte.value };
}

function poolPoint({ members, serving_bytes, flops_per_token, cross_fitted, mixture }: BestPool) {
  const cost = { servingBytes: serving_bytes, flopsPerToken: flops_per_token };
  return { k: members.length, ...cost, bitsPerByte: cross_fitted.value, mixture };
}
