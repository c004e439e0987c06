/** Figures of an ensemble: the oracle by k, what noise would give, and pools by their parameters. */
import type { EnsembleReport, PoolLaw } from '../../core/ensemble/types.ts';
import { poolLawAt } from '../../words/pool-law.ts';
import { type Point, plot, type Series } from './plot.ts';
import { BLUE, GREEN, GREY, ORANGE, SERIES } from './svg.ts';

const RED = SERIES[4] ?? ORANGE;

export function oracle({ oracle: curve, best_pools, models, best_single }: EnsembleReport): string {
  const known = curve.filter(({ independent_gain }) => independent_gain !== null);
  const single = models[best_single]?.bits_per_byte.value;
  return plot({
    alt: 'Bits per byte of the oracle against the number of models: average pools fall, and would fall further by independent noise; the best pools lie just below the best single model',
    x: 'k, models in the pool',
    y: 'bits per byte',
    series: [
      {
        name: 'by independent noise',
        colour: GREY,
        draw: 'dashes',
        points: known.map(({ k, best_member, independent_gain }) => ({
          x: k,
          y: best_member - (independent_gain ?? 0),
        })),
      },
      {
        name: 'average pool',
        colour: BLUE,
        draw: 'dots',
        points: curve.map(({ k, bits_per_byte }) => ({ x: k, y: bits_per_byte.value })),
      },
      {
        name: 'best pool, on other samples',
        colour: ORANGE,
        draw: 'dots',
        points: best_pools.map(({ members, cross_fitted }) => ({ x: members.length, y: cross_fitted.value })),
      },
    ],
    ...(single === undefined ? {} : { rule: single }),
  });
}

export function oracleNoise({ oracle: curve, controls }: EnsembleReport): string {
  return plot({
    alt: 'Gain of choosing the best of k models per sample: an average pool gains less than independent noise would, and the best pool of two less than two reseeds of one model do',
    x: 'k, models in the pool',
    y: 'gain, bits per byte',
    rule: 0,
    series: [
      {
        name: 'by independent noise',
        colour: GREY,
        draw: 'dashes',
        points: curve.flatMap(({ k, independent_gain: y }) => (y === null ? [] : [{ x: k, y }])),
      },
      {
        name: 'average pool',
        colour: BLUE,
        draw: 'dots',
        points: curve.map(({ k, gain: { value, low, high } }): Point => ({ x: k, y: value, low, high })),
      },
      {
        name: 'reseeds of one model',
        colour: RED,
        draw: 'dots',
        points: controls.nulls.map(
          ({ k, gain: { value, low, high } }): Point => ({ x: k, y: value, low, high }),
        ),
      },
      {
        name: 'best pool, on other samples',
        colour: ORANGE,
        draw: 'dots',
        points: controls.nulls.flatMap(({ pool }): Point[] =>
          pool
            ? [{ x: pool.members.length, y: pool.gain.value, low: pool.gain.low, high: pool.gain.high }]
            : [],
        ),
      },
    ],
  });
}

export function poolsByParameters({ study, models }: EnsembleReport): string {
  if (!study) throw new Error('The ensemble has no study: run it first.');
  const single = models.filter(({ null_of, merge_of }) => null_of === null && merge_of === null);
  return plot({
    alt: 'Bits per byte against the parameters of all models together: single models, the oracles of typical and of best pools, and the law of the typical ones',
    x: 'parameters of all models together, log₁₀',
    y: 'bits per byte',
    series: [
      law(study.typical),
      {
        name: 'single model',
        colour: GREY,
        draw: 'dots',
        radius: 2.5,
        points: single.map(({ parameters, bits_per_byte }) => ({
          x: Math.log10(parameters.total),
          y: bits_per_byte.value,
        })),
      },
      { name: 'typical pool', colour: BLUE, draw: 'dots', points: pointsOf(study.typical) },
      { name: 'best pool, on other samples', colour: ORANGE, draw: 'dots', points: pointsOf(study.envelope) },
    ],
  });
}

function pointsOf({ points }: PoolLaw): Point[] {
  return points.map(({ parameters, bits_per_byte: { value, low, high } }) => ({
    x: Math.log10(parameters),
    y: value,
    low,
    high,
  }));
}

/** Of the form that forecasts best. */
function law({ points, forms }: PoolLaw): Series {
  const [best] = forms;
  const drawn = points.map(({ parameters, k }) => ({
    x: Math.log10(parameters),
    y: best ? poolLawAt(best, parameters / 1e9, k) : Number.NaN,
  }));
  return { name: 'law', colour: GREEN, draw: 'line', points: best ? drawn : [] };
}
