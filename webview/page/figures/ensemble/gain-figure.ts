/** What choosing per sample gains over the best member, by k, beside what chance alone gives. */
import type { EnsembleReport, NullGroup, OraclePoint } from '../../../../core/ensemble/types.ts';
import { names } from '../../../../words/ensemble.ts';
import { estimated } from '../../../../words/estimates.ts';
import { loss, NONE, percent } from '../../../../words/numbers.ts';
import { type Series, type Tip, type XyFigure, zeroLevel } from '../figure.ts';
import { barEnds, estimatedPoint, plainPoint, plainSeries, valueRows } from '../series.ts';
import { gainAxis, modelsAxis } from './axes.ts';
import { averagePool, bestPool, independentNoise } from './looks.ts';

/** Null for a single model. */
export function gainFigure({ oracle, controls }: EnsembleReport): XyFigure | null {
  if (oracle.length < 2) return null;
  const { nulls, independence } = controls;
  const series = [nullSeries(nulls), poolSeries(nulls), measured(oracle), independent(oracle)].filter(
    ({ points }) => points.length > 0,
  );
  const ends = [
    ...oracle.flatMap(({ gain, independent_gain }) => [...barEnds(gain), independent_gain ?? 0]),
    ...nulls.flatMap(({ gain, pool }) => [...barEnds(gain), ...(pool ? barEnds(pool.gain) : [])]),
  ];
  const share = independence
    ? ` Independent noise would give ${percent(independence.share.value)} of the whole.`
    : '';
  return {
    kind: 'xy',
    title: 'The gain of choosing, beside noise',
    summary: `Gain of the oracle of an average pool over its best member, from ${loss(oracle[1]?.gain.value ?? Number.NaN)} for two models to ${loss(oracle.at(-1)?.gain.value ?? Number.NaN)} for all ${oracle.length}.${share}`,
    x: modelsAxis(oracle.length),
    y: gainAxis(ends),
    series,
    levels: [zeroLevel('none', 'no gain')],
    marks: [],
    ringed: null,
    table: {
      columns: [
        { title: 'k' },
        { title: 'Gain (95%)' },
        { title: 'By independent noise' },
        { title: 'Of versions of one model (95%)', text: true },
      ],
      rows: oracle.map(({ k, gain, independent_gain: noise }) => [
        `${k}`,
        estimated(gain),
        noise === null ? NONE : loss(noise),
        nulls
          .filter((group) => group.k === k)
          .map((group) => `${names([group.model])} ${estimated(group.gain)}`)
          .join(', '),
      ]),
      csv: {
        columns: ['k', 'gain', 'low', 'high', 'by_noise', 'of'],
        rows: [
          ...oracle.map(({ k, gain, independent_gain: noise }) => [
            k,
            gain.value,
            gain.low,
            gain.high,
            noise,
            'average pool',
          ]),
          ...nulls.map(({ k, gain, model }) => [k, gain.value, gain.low, gain.high, null, model]),
          ...nulls.flatMap(({ pool }) =>
            pool
              ? [[pool.members.length, pool.gain.value, pool.gain.low, pool.gain.high, null, 'best pool']]
              : [],
          ),
        ],
      },
    },
  };
}

function measured(oracle: readonly OraclePoint[]): Series {
  return {
    ...averagePool,
    id: 'gain',
    label: 'Gain of an average pool',
    points: oracle.map(({ k, gain }) => estimatedPoint(k, gain)),
    tip: (i) => gainTip(oracle[i]),
  };
}

function independent(oracle: readonly OraclePoint[]): Series {
  const known = oracle.filter(({ independent_gain }) => independent_gain !== null);
  return {
    ...independentNoise,
    points: known.map(({ k, independent_gain }) => plainPoint(k, independent_gain ?? 0)),
    tip: (i) => gainTip(known[i]),
  };
}

const VERSIONS: Readonly<Record<NullGroup['kind'], string>> = {
  reseed: 'runs',
  quantisation: 'versions in fewer bits',
};

/** Reseeds, whose gain is noise; and quantisations, which differ by less. */
function nullSeries(nulls: readonly NullGroup[]): Series {
  return {
    ...plainSeries,
    ...{
      id: 'nulls',
      label: 'Versions of one model',
      ink: 'red',
      shape: 'triangle',
      emphasis: 'strong',
      whiskers: true,
    },
    points: nulls.map(({ k, gain }) => estimatedPoint(k, gain)),
    tip: (i) => nullTip(nulls[i]),
  };
}

/** The pools that these are held against, over the best single model. */
function poolSeries(nulls: readonly NullGroup[]): Series {
  const held = nulls.filter(({ pool }) => pool !== null);
  return {
    ...bestPool,
    label: 'Best pool, on other samples',
    points: held.flatMap(({ pool }) => (pool ? [estimatedPoint(pool.members.length, pool.gain)] : [])),
    tip: (i) => nullTip(held[i]),
  };
}

function gainTip(point: OraclePoint | undefined): Tip {
  if (!point) return { title: '', rows: [] };
  const noise = point.independent_gain;
  return {
    title: `An average pool of ${point.k}`,
    rows: [
      ...valueRows('gain', point.gain),
      ...(noise === null ? [] : ([['by independent noise', loss(noise, 4)]] as const)),
    ],
  };
}

function nullTip(group: NullGroup | undefined): Tip {
  if (!group) return { title: '', rows: [] };
  return {
    title: `${group.k} of ${group.members.length} ${VERSIONS[group.kind]} of ${names([group.model])}`,
    rows: [
      ...valueRows('gain', group.gain),
      ...(group.pool ? valueRows(`of the best pool of ${group.pool.members.length}`, group.pool.gain) : []),
      ...(group.excess ? valueRows('of it more than that', group.excess) : []),
    ],
  };
}
