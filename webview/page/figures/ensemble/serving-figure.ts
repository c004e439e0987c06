/** What the best pools reach for the bytes of weights that serving them takes, with and without knowing which model to ask. */
import type { BestPool, EnsembleReport } from '../../../../core/ensemble/types.ts';
import { names } from '../../../../words/ensemble.ts';
import { estimated } from '../../../../words/estimates.ts';
import { loss } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { bytes, flops, parameters } from '../../../../words/units.ts';
import type { FigureTable, Series, XyFigure } from '../figure.ts';
import { estimatedPoint, plainPoint, plainSeries, valueRows } from '../series.ts';
import { bitsAxis, costAxis } from './axes.ts';
import { bestPool, mixedPool } from './looks.ts';
import { poolTip } from './oracle-figure.ts';

/** Null without a pool. */
export function servingFigure(report: EnsembleReport): XyFigure | null {
  const pools = [...report.best_pools].sort((a, b) => a.serving_bytes - b.serving_bytes);
  if (pools.length === 0) return null;
  const served = [merges(report), ...ofMerged(report), oracles(pools), mixtures(pools)];
  const series = [...served, singles(report)].filter(({ points }) => points.length > 0);
  return {
    kind: 'xy',
    title: 'Bits per byte over the bytes that serving takes',
    summary: `The best pools by the weights of all their models together, which an ensemble keeps in memory: from ${bytes(pools[0]?.serving_bytes ?? 0)} to ${bytes(pools.at(-1)?.serving_bytes ?? 0)}.`,
    ...axesOf(series, served),
    series,
    levels: [],
    marks: [],
    ringed: null,
    table: poolTable(report),
  };
}

/** What pools and merges reach is seen, and the single models that come near; the others are a zoom away. */
function axesOf(series: readonly Series[], served: readonly Series[]): Pick<XyFigure, 'x' | 'y'> {
  const [all, near] = [bitsAxis(series), bitsAxis(served)];
  const max = Math.min(all.max, near.max + (near.max - near.min) / 2);
  const points = series.flatMap((one) => one.points);
  const costs = (seen: Series['points']) =>
    costAxis(
      'bytes of weights',
      seen.map(({ x }) => 10 ** x),
      bytes,
    );
  const { min, max: last } = costs(points.filter(({ y }) => y <= max));
  return { x: { ...costs(points), min, max: last }, y: { ...all, min: near.min, max } };
}

function oracles(pools: readonly BestPool[]): Series {
  return {
    ...bestPool,
    label: 'Best pool, oracle on other samples',
    points: pools.map((pool) => estimatedPoint(logBytes(pool), pool.cross_fitted)),
    tip: (i) => poolTip(pools[i]),
  };
}

function mixtures(pools: readonly BestPool[]): Series {
  return {
    ...mixedPool,
    points: pools.map((pool) => plainPoint(logBytes(pool), pool.mixture)),
    tip: (i) => poolTip(pools[i]),
  };
}

/** On the figure's axis. */
function logBytes({ serving_bytes }: { readonly serving_bytes: number }): number {
  return Math.log10(serving_bytes);
}

/** The best pools of the models that were merged: what a merge is held against. */
function ofMerged({ serving }: EnsembleReport): Series[] {
  const pools = [...(serving?.pools ?? [])].sort((a, b) => a.serving_bytes - b.serving_bytes);
  const hollow = { hollow: true, whiskers: false } as const;
  return [
    { ...oracles(pools), ...hollow, id: 'merged-best', label: 'Best pool of what was merged, oracle' },
    { ...mixtures(pools), ...hollow, id: 'merged-mixture', label: 'The same, mixed' },
  ];
}

/** Each is served as one model. */
function merges({ models }: EnsembleReport): Series {
  const own = models
    .filter(({ merge_of }) => merge_of !== null)
    .sort((a, b) => a.serving_bytes - b.serving_bytes);
  return {
    ...plainSeries,
    ...{ id: 'merge', label: 'Merges', ink: 'purple', shape: 'star', emphasis: 'strong', whiskers: true },
    points: own.map((merge) => estimatedPoint(logBytes(merge), merge.bits_per_byte)),
    tip: (i) => {
      const merge = own[i];
      if (!merge) return { title: '', rows: [] };
      const of = ['merge of', names(merge.merge_of ?? [], 6)] as const;
      return { title: plain(merge.name), rows: [...valueRows('bits per byte', merge.bits_per_byte), of] };
    },
  };
}

function singles({ models }: EnsembleReport): Series {
  const own = models
    .filter(({ null_of, merge_of }) => null_of === null && merge_of === null)
    .sort((a, b) => a.serving_bytes - b.serving_bytes);
  return {
    ...plainSeries,
    ...{ id: 'single', label: 'Single models', ink: 'foreground', shape: 'crossRot' },
    points: own.map((model) => plainPoint(logBytes(model), model.bits_per_byte.value)),
    tip: (i) => ({
      title: plain(own[i]?.name ?? ''),
      rows: own[i] ? valueRows('bits per byte', own[i].bits_per_byte) : [],
    }),
  };
}

/** The best pool of each size, then that within the file's limits. */
function poolTable({ best_pools, goal }: EnsembleReport): FigureTable {
  const pools = [
    ...best_pools.map((pool) => ({ pool, limit: `${pool.limit.k} at most` })),
    ...(goal ? [{ pool: goal, limit: 'as the file says' }] : []),
  ];
  return {
    columns: [
      { title: 'Models', text: true },
      { title: 'Parameters' },
      { title: 'Weights' },
      { title: 'For a token' },
      { title: 'Oracle, on other samples (95%)' },
      { title: 'Mixed' },
      { title: 'Do as well' },
      { title: 'No pool is below' },
      { title: 'Which', text: true },
    ],
    rows: pools.map(({ pool, limit }) => [
      limit,
      parameters(pool.parameters),
      bytes(pool.serving_bytes),
      flops(pool.flops_per_token),
      estimated(pool.cross_fitted),
      loss(pool.mixture),
      pool.tied ? `${pool.tied.pools.length - 1}${pool.tied.more ? ' or more' : ''}` : '',
      pool.proven ? `${loss(pool.bound)}: it is the best` : loss(pool.bound),
      names(pool.members, 8),
    ]),
    csv: {
      columns: [
        'limit',
        'k',
        'parameters',
        'serving_bytes',
        'flops_per_token',
        'oracle',
        'low',
        'high',
        'oracle_in_sample',
        'mixture',
        'bound',
        'proven',
        'members',
      ],
      rows: pools.map(({ pool, limit }) => [
        ...[limit, pool.members.length, pool.parameters, pool.serving_bytes, pool.flops_per_token],
        ...[pool.cross_fitted.value, pool.cross_fitted.low, pool.cross_fitted.high],
        ...[pool.bits_per_byte.value, pool.mixture, pool.bound, String(pool.proven), pool.members.join(' ')],
      ]),
    },
  };
}
