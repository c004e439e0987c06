import { negated } from '../selection/estimated.ts';
import type { Losses } from '../selection/measured.ts';
import { describePools, poolCounts } from './best-pools.ts';
import { type ChosenMerge, gainOver } from './better-merge.ts';
import { type CrossFitted, crossFitBest, crossFitPools } from './cross-fit-pools.ts';
import type { EnsembleData } from './data.ts';
import { mixtureOf } from './mixture.ts';
import { bitsPerByte, lossesOf } from './rows.ts';
import { compareServing, type PoolKind, type ServingAxis, type ServingPoint } from './serving.ts';
import { servingSentences } from './serving-sentence.ts';
import type { BestPool, EnsembleOptions, EnsembleReport, ModelScore } from './types.ts';

/**
 * Merges of the file against the best pools of the very models that were merged: a merge is served as one model, a pool as
 * all of its. Where merges or pools have the same cost, the best is chosen on other samples than it is scored on;
 * differences are paired by sample. Null where the file names no merge.
 */
export function mergeOrPool(
  data: EnsembleData,
  models: readonly ModelScore[],
  { stage, cancelled }: EnsembleOptions,
): EnsembleReport['serving'] {
  const merges = models.flatMap(({ merge_of }, m) => (merge_of ? [m] : []));
  if (merges.length === 0) return null;
  const merged = new Set(models.flatMap(({ merge_of }) => merge_of ?? []));
  const within = { ...data, pool: data.pool.filter((m) => merged.has(data.models[m]?.name ?? '')) };
  const found = crossFitPools(within, poolCounts(within), cancelled);
  const pools = describePools(found, within, { stage: 'points', ...(cancelled ? { cancelled } : {}) });
  const points = pools.map((pool, i) => poolPoint(pool, rowsOf(found[i] as CrossFitted, within), data));
  const difference = (merge: MergePoint, pool: PoolPoint, kind: PoolKind) =>
    negated(gainOver(pool.rows[kind], merge, data, stage === 'complete'));
  const along = (axis: ServingAxis) =>
    compareServing(mergePoints(merges, models, data, axis), points, axis, difference);
  const [bytes, flops] = [along('bytes'), along('flops')];
  return {
    of: within.pool.map((m) => data.models[m]?.name ?? ''),
    pools,
    bytes,
    flops,
    sentences: servingSentences(bytes, flops),
  };
}

type MergePoint = ServingPoint & ChosenMerge;
type PoolPoint = ReturnType<typeof poolPoint>;
type PoolRows = Readonly<Record<PoolKind, Losses>>;

function rowsOf({ chosen, crossFitted, mixed }: CrossFitted, data: EnsembleData): PoolRows {
  const rows = chosen.members.map((m) => data.rows[data.pool[m] as number] as Losses);
  return {
    oracle: crossFitted,
    mixture: mixed?.crossFitted ?? lossesOf(mixtureOf(rows), data.samples),
  };
}

/** The best merge of at most each cost, one point a cost. @param merges indices into the data's rows */
function mergePoints(
  merges: readonly number[],
  models: readonly ModelScore[],
  data: EnsembleData,
  axis: ServingAxis,
): MergePoint[] {
  const modelOf = (m: number) => models[m] as ModelScore;
  const costOf = (m: number) => modelOf(m)[axis === 'bytes' ? 'serving_bytes' : 'flops_per_token'];
  return [...new Set(merges.map(costOf))].map((cost) => {
    const { row, among } = crossFitBest(
      merges.filter((m) => costOf(m) <= cost).map((m) => data.rows[m] as Losses),
      data,
    );
    const { merge_of, serving_bytes, flops_per_token } = modelOf(
      merges.find((m) => costOf(m) === cost) as number,
    );
    return {
      k: merge_of?.length ?? 0,
      servingBytes: serving_bytes,
      flopsPerToken: flops_per_token,
      bitsPerByte: bitsPerByte(row, data, false).value,
      row,
      among,
    };
  });
}

function poolPoint(
  { members, serving_bytes, flops_per_token, cross_fitted }: BestPool,
  rows: PoolRows,
  data: EnsembleData,
) {
  const cost = { servingBytes: serving_bytes, flopsPerToken: flops_per_token };
  const mixture = bitsPerByte(rows.mixture, data, false).value;
  return { k: members.length, ...cost, bitsPerByte: cross_fitted.value, mixture, rows };
}
