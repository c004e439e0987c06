/** How often the 95% intervals of an ensemble's report hold what is true of the worlds that they are drawn from. */
import { type EnsembleData, ensembleData } from '../../core/ensemble/data.ts';
import { diversityOf } from '../../core/ensemble/diversity.ts';
import { heterogeneousOf } from '../../core/ensemble/heterogeneous.ts';
import { familyGroups, modelGroups } from '../../core/ensemble/left-out.ts';

import { UNLIMITED } from '../../core/ensemble/limits.ts';
import { nullGroups } from '../../core/ensemble/null-groups.ts';
import { oracleCurve } from '../../core/ensemble/oracle-curve.ts';
import { routedByDomain } from '../../core/ensemble/routed.ts';
import { bitsPerByte } from '../../core/ensemble/rows.ts';
import { subjectOf } from '../../core/ensemble/subject.ts';
import type { EnsembleInput } from '../../core/ensemble/types.ts';
import { typicalLaw } from '../../core/ensemble/typical-law.ts';
import { seededRandom } from '../../core/law/random.ts';
import type { Losses } from '../../core/selection/measured.ts';
import { domainsOf, families, inputOf, noise, retrained, WEIBULL, weibull } from './pools.ts';

interface Ends {
  readonly low: number | null;
  readonly high: number | null;
}

export interface CoverageDesign {
  readonly name: string;
  /** Truths by quantity. */
  readonly draw: (seed: number) => {
    readonly data: EnsembleData;
    readonly truth: Readonly<Record<string, number>>;
  };
  readonly intervals: (data: EnsembleData) => Readonly<Record<string, Ends>>;
  /** Intervals that may hold the truth too often by nature. */
  readonly conservative: boolean;
}

export interface Coverage {
  readonly quantity: string;
  readonly covered: number;
  readonly of: number;
  /**
   * Root mean square of errors over standard errors, from intervals with two ends; null without. It sees intervals that
   * are too narrow from far fewer replicates than their coverage does.
   */
  readonly spread: number | null;
}

/** Standard errors in half a 95% interval. */
const NORMAL = 1.96;

export function coverage({ draw, intervals }: CoverageDesign, replicates: number): Coverage[] {
  const covered = new Map<string, number>();
  const squares = new Map<string, number[]>();
  for (let r = 0; r < replicates; r++) {
    const { data, truth } = draw(1000 + r);
    for (const [quantity, { low, high }] of Object.entries(intervals(data))) {
      const value = truth[quantity] ?? Number.NaN;
      // An interval without an end does not count as one.
      const holds = low !== null && high !== null && low <= value && value <= high;
      covered.set(quantity, (covered.get(quantity) ?? 0) + (holds ? 1 : 0));
      if (low !== null && high !== null && Number.isFinite(high))
        squares.set(quantity, [
          ...(squares.get(quantity) ?? []),
          (((low + high) / 2 - value) / ((high - low) / 2 / NORMAL)) ** 2,
        ]);
    }
  }
  return [...covered].map(([quantity, count]) => {
    const own = squares.get(quantity) ?? [];
    const spread = own.length > 0 ? Math.sqrt(own.reduce((sum, each) => sum + each, 0) / own.length) : null;
    return { quantity, covered: count, of: replicates, spread };
  });
}

const rowsOf = (data: EnsembleData) => data.pool.map((m) => data.rows[m] as Losses);

/** Texts of other lengths, two domains of other sizes and weights, models of other skill. */
function skilled(S: number, seed: number): EnsembleInput {
  const random = seededRandom(seed);
  const bytes = Array.from({ length: S }, () => Math.round(50 + 200 * random.uniform()));
  const level = bytes.map((count) => count * (0.5 + 0.3 * random.uniform()));
  const matrix = [0, 2, 4, 6, 8].map((worse) => level.map((value) => value + worse + 8 * random.normal()));
  const domains = [
    { name: 'a', weight: 1 },
    { name: 'b', weight: 2 },
  ];
  return inputOf(
    matrix.map((row) => row.map((value) => Math.max(0, value))),
    [],
    {
      bytes,
      domains,
      domainOf: bytes.map((_, s) => (s % 3 === 0 ? 1 : 0)),
    },
  );
}

const curveNumbers = (data: EnsembleData, complete: boolean) =>
  oracleCurve(rowsOf(data), data, complete).flatMap(({ k, bits_per_byte, gain }) => [
    [`oracle of ${k}`, bits_per_byte] as const,
    ...(k > 1 ? [[`gain of ${k}`, gain] as const] : []),
  ]);

const skilledTruth = () =>
  Object.fromEntries(
    curveNumbers(ensembleData(skilled(60_000, 1)), false).map(([name, { value }]) => [name, value]),
  );

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
const truthOfSkilled = once(skilledTruth);

const MEAN_OF_WEIBULL = 0.8872638175030753; // Γ(1 + 1/2.5)

const BITS = 1 / (100 * Math.LN2);

/** The larger of two normal variables is above their mean by σ/√π; taking levels away takes a share of what differs by domain. */
const DOMAINS = 4;
const RUNS = { level: 2, domain: 4, own: 6 };
const GAIN_OF_TWO_RUNS = BITS * Math.sqrt((RUNS.own ** 2 + RUNS.domain ** 2 * (1 - 1 / DOMAINS)) / Math.PI);
const FAMILIES = [...'abcde'].flatMap((family) =>
  [1, 3, 9].map((billions) => ({ parameters: billions * 1e9, family })),
);

export const DESIGNS: readonly CoverageDesign[] = [
  {
    name: 'oracle and gain by k, five models of other skill on 150 samples',
    draw: (seed) => ({ data: ensembleData(skilled(150, seed)), truth: truthOfSkilled() }),
    intervals: (data) => Object.fromEntries(curveNumbers(data, true)),
    conservative: false,
  },
  {
    name: 'gain of two of four runs of one model that differ by domain, 200 samples of four domains',
    draw: (seed) => {
      const declared = Array.from({ length: 6 }, (_, m) => (m > 2 ? { nullOf: 'm0' } : {}));
      const runs = retrained(6, 200, DOMAINS, RUNS, seed);
      return {
        data: ensembleData(inputOf(runs, declared, domainsOf(200, DOMAINS))),
        truth: { 'gain of 2': GAIN_OF_TWO_RUNS },
      };
    },
    intervals: (data) => ({
      'gain of 2': nullGroups({ k: 2, limit: UNLIMITED }, data, true)[0]?.gain ?? { low: null, high: null },
    }),
    conservative: false,
  },
  {
    name: 'power law of eight equal models, 400 samples',
    draw: (seed) => ({
      data: ensembleData(inputOf(weibull(8, 400, seed))),
      truth: {
        floor: WEIBULL.floor * BITS,
        exponent: 1 / WEIBULL.shape,
        scale: WEIBULL.scale * MEAN_OF_WEIBULL * BITS,
      },
    }),
    intervals: (data) => {
      const subject = subjectOf(data, undefined);
      const groups = { models: modelGroups(8, data.seed), families: familyGroups(['one'], 1) };
      const { typical } = typicalLaw(subject, groups);
      const fit = typical.forms.find(({ form }) => form === 'power_floor');
      return Object.fromEntries(
        Object.entries(fit?.intervals ?? {}).map(([name, [low, high]]) => [name, { low, high }]),
      );
    },
    conservative: true,
  },
  {
    name: 'saving by mixing where families are but names, five of three models, 200 samples',
    draw: (seed) => ({
      data: ensembleData(inputOf(families(FAMILIES, 200, 0, 8, seed), FAMILIES)),
      truth: { saving: 0, 'over one': 0 },
    }),
    intervals: (data) => {
      const groups = {
        models: modelGroups(15, data.seed),
        families: familyGroups(
          FAMILIES.map(({ family }) => family),
          data.seed,
        ),
      };
      const found = heterogeneousOf(subjectOf(data, undefined), groups);
      const none = { low: null, high: null };
      return { saving: found?.saving ?? none, 'over one': found?.families[0]?.saving ?? none };
    },
    conservative: true,
  },
  {
    name: 'gains of pairs where families are but names, three of four models of other levels, 200 samples',
    draw: (seed) => ({
      data: ensembleData(
        inputOf(
          retrained(12, 200, 1, { level: 4, domain: 0, own: 8 }, seed),
          Array.from({ length: 12 }, (_, m) => ({ family: `f${m % 3}` })),
        ),
      ),
      truth: { difference: 0 },
    }),
    intervals: (data) => ({
      difference: diversityOf(rowsOf(data), data, true)?.difference ?? { low: null, high: null },
    }),
    conservative: true,
  },
  {
    name: 'no gain by choosing among reseeds by domain, eight of them on four domains of 50 samples',
    draw: (seed) => ({
      data: ensembleData(inputOf(noise(8, 200, seed), [], domainsOf(200, 4))),
      truth: { 'at most zero': 0 },
    }),
    intervals: (data) => {
      const { gain } = routedByDomain(rowsOf(data), data);
      return { 'at most zero': { low: bitsPerByte(gain, data, true).low, high: Number.POSITIVE_INFINITY } };
    },
    conservative: true,
  },
];
