import type { Losses } from '../selection/measured.ts';
import { describePools, poolCounts } from './best-pools.ts';
import { type CrossFitted, crossFitPools } from './cross-fit-pools.ts';
import type { EnsembleData } from './data.ts';
import { mixtureOf } from './mixture.ts';
import { bitsPerByte, lossesOf, minus } from './rows.ts';
import { compareServing, type PoolKind } from './serving.ts';
import type { BestPool, EnsembleOptions, EnsembleReport, ModelScore } from './types.ts';

/**
 * Merges of the file against the best pools of the very models that were merged: a merge is served as one model, a pool as
 * all of its. Oracles are cross-fitted; differences are paired by sample. Null where the file names no merge.
 */
export function mergeOrPool(
  data: EnsembleData,
  models: readonly ModelScore[],
  { stage, cancelled }: EnsembleOptions,
): EnsembleReport['serving'] {
  const merges = models.flatMap((model, m) => (model.merge_of ? [mergePoint(model, m)] : []));
  if (merges.length === 0) return null;
  const merged = new Set(models.flatMap(({ merge_of }) => merge_of ?? []));
  const within = { ...data, pool: data.pool.filter((m) => merged.has(data.models[m]?.name ?? '')) };
  const found = crossFitPools(within, poolCounts(within), cancelled);
  const pools = describePools(found, within, { stage: 'points', ...(cancelled ? { cancelled } : {}) });
  const points = pools.map((pool, i) => poolPoint(pool, rowsOf(found[i] as CrossFitted, within)));
  const difference = ({ row }: MergePoint, pool: PoolPoint, kind: PoolKind) =>
    bitsPerByte(minus(data.rows[row] as Losses, pool.rows[kind], data.samples), data, stage === 'complete');
  return {
    of: within.pool.map((m) => data.models[m]?.name ?? ''),
    pools,
    bytes: compareServing(merges, points, 'bytes', difference),
    flops: compareServing(merges, points, 'flops', difference),
  };
}

type MergePoint = ReturnType<typeof mergePoint>;
type PoolPoint = ReturnType<typeof poolPoint>;
type PoolRows = Readonly<Record<PoolKind, Losses>>;

function rowsOf({ chosen, crossFitted }: CrossFitted, data: EnsembleData): PoolRows {
  const rows = chosen.members.map((m) => data.rows[data.pool[m] as number] as Losses);
  return { oracle: crossFitted, mixture: lossesOf(mixtureOf(rows), data.samples) };
}

/** @param row index into the data's rows */
function mergePoint({ merge_of, serving_bytes, flops_per_token, bits_per_byte }: ModelScore, row: number) {
  const cost = { servingBytes: serving_bytes, flopsPerToken: flops_per_token };
  return { k: merge_of?.length ?? 0, ...cost, bitsPerByte: bits_per_byte.value, row };
}

function poolPoint(
  { members, serving_bytes, flops_per_token, cross_fitted, mixture }: BestPool,
  rows: PoolRows,
) {
  const cost = { servingBytes: serving_bytes, flopsPerToken: flops_per_token };
  return { k: members.length, ...cost, bitsPerByte: cross_fitted.value, mixture, rows };
}
