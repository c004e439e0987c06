/** The oracle over k: an average pool, the best pool, what chance would give, and what needs no oracle. */
import type { BestPool, EnsembleReport, OraclePoint } from '../../../../core/ensemble/types.ts';
import { names } from '../../../../words/ensemble.ts';
import { loss } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { bestSingle } from '../../../../words/to-serve.ts';
import { bytes, parameters } from '../../../../words/units.ts';
import type { Level, Series, Tip, XyFigure } from '../figure.ts';
import { estimatedPoint, plainPoint, plainSeries, shownInterval, valueRows } from '../series.ts';
import { curveAxis, modelsAxis } from './axes.ts';
import { averagePool, bestPool, independentNoise, mixedPool } from './looks.ts';
import { oracleTable } from './oracle-table.ts';

export function oracleFigure(report: EnsembleReport): XyFigure {
  const { oracle } = report;
  const levels = levelsOf(report);
  const series = [
    bestPools(report.best_pools),
    averageOracle(oracle),
    chance(oracle),
    mixtures(report.best_pools),
    logits(report),
  ].filter(({ points }) => points.length > 0);
  const [first, last] = [oracle[0], oracle.at(-1)];
  return {
    kind: 'xy',
    title: 'The oracle over the number of models',
    summary: `Bits per byte when the best of k models is taken for each sample: ${loss(first?.bits_per_byte.value ?? Number.NaN)} for an average model alone, ${loss(last?.bits_per_byte.value ?? Number.NaN)} for all ${last?.k}.`,
    x: modelsAxis(oracle.length),
    y: curveAxis(series, levels),
    series,
    levels,
    marks: [],
    ringed: null,
    table: oracleTable(report),
  };
}

/** Of a model alone that lies above what is drawn; empty where it does not. */
export function aloneNote({ y, series }: XyFigure): string {
  const alone = series.find(({ id }) => id === 'oracle')?.points[0]?.y ?? null;
  return alone === null || alone <= y.max
    ? ''
    : `An average model alone has ${loss(alone)} and lies above what is drawn: zoom out to see it.`;
}

function averageOracle(oracle: readonly OraclePoint[]): Series {
  return {
    ...averagePool,
    id: 'oracle',
    label: 'Oracle of an average pool',
    points: oracle.map(({ k, bits_per_byte }) => estimatedPoint(k, bits_per_byte)),
    tip: (i) => pointTip(oracle[i]),
  };
}

/** The same pools, did each model err by itself: how far the curve falls where models know nothing different. */
function chance(oracle: readonly OraclePoint[]): Series {
  const known = oracle.filter(({ independent_gain }) => independent_gain !== null);
  return {
    ...independentNoise,
    points: known.map((point) => plainPoint(point.k, point.best_member - (point.independent_gain ?? 0))),
    tip: (i) => pointTip(known[i]),
  };
}

function bestPools(pools: readonly BestPool[]): Series {
  return {
    ...bestPool,
    label: 'Best pool, on other samples',
    points: pools.map(({ limit, members, cross_fitted }) =>
      estimatedPoint(limit.k ?? members.length, cross_fitted),
    ),
    tip: (i) => poolTip(pools[i]),
  };
}

function mixtures(pools: readonly BestPool[]): Series {
  return {
    ...mixedPool,
    points: pools.map(({ limit, members, mixture }) => plainPoint(limit.k ?? members.length, mixture)),
    tip: (i) => poolTip(pools[i]),
  };
}

function logits({ controls: { averaged_logits: averaged } }: EnsembleReport): Series {
  return {
    ...plainSeries,
    ...{ id: 'logits', label: 'Averaged logits', ink: 'purple', shape: 'star' },
    points: averaged.map(({ members, bits_per_byte }) => plainPoint(members.length, bits_per_byte.value)),
    tip: (i) => ({
      title: `Averaged logits of ${names(averaged[i]?.members ?? [], 6)}`,
      rows: averaged[i] ? valueRows('bits per byte', averaged[i].bits_per_byte) : [],
    }),
  };
}

function levelsOf(report: EnsembleReport): Level[] {
  const best = bestSingle(report);
  const { mixture, routed } = report.controls;
  const level = { named: true, startsHidden: false } as const;
  const of = ({ value, low, high }: { value: number; low: number | null; high: number | null }) => ({
    value,
    interval: shownInterval(low, high),
  });
  return [
    ...(best
      ? [
          {
            ...level,
            ...of(best.bits_per_byte),
            id: 'single',
            label: `Best single: ${plain(best.name, 24)}`,
            ink: 'foreground' as const,
            dash: [],
          },
        ]
      : []),
    {
      ...level,
      ...of(mixture.bits_per_byte),
      id: 'all-mixed',
      label: 'All mixed',
      ink: 'orange',
      dash: [2, 2],
    },
    { ...level, ...of(routed.bits_per_byte), id: 'routed', label: 'By domain', ink: 'purple', dash: [6, 3] },
  ];
}

function pointTip(point: OraclePoint | undefined): Tip {
  if (!point) return { title: '', rows: [] };
  const { k, bits_per_byte, best_member, gain, independent_gain: noise } = point;
  return {
    title: `An average pool of ${k}`,
    rows: [
      ...valueRows('oracle', bits_per_byte),
      ['its best member', loss(best_member, 4)],
      ...valueRows('gain over that', gain),
      ...(noise === null ? [] : ([['by independent noise', loss(noise, 4)]] as const)),
    ],
  };
}

export function poolTip(pool: BestPool | undefined): Tip {
  if (!pool) return { title: '', rows: [] };
  return {
    title: names(pool.members, 6),
    rows: [
      ...valueRows('oracle, on other samples', pool.cross_fitted),
      ['mixed, on all samples', loss(pool.mixture, 4)],
      ['parameters', parameters(pool.parameters)],
      ['weights', bytes(pool.serving_bytes)],
    ],
  };
}
