/** What follows from a curve: returns, experts to the floor, the three-point forecast, and the law of the spread. */
import type { Random } from '../../../core/law/random.ts';
import { returnsOf } from '../../../core/law/returns.ts';
import { kAtReturn, recommendedK, returnAt } from '../../../core/law/rules.ts';
import { type SpreadPoint, spreadLaw } from '../../../core/law/spread/spread-law.ts';
import { threePoint } from '../../../core/law/three-point.ts';
import { asked } from '../../law/curves.ts';
import { DESIGNS, type Design, trueLoss } from '../../law/designs.ts';
import { simulate } from '../../law/simulate.ts';
import type { StudyDesign, Tally } from '../tally.ts';

/** Of the law's designs: errors known, from samples, from subsets; k left out; errors as large as the goal. */
const NAMES = [
  'published, shared and own errors',
  'b < 0, shared and own errors',
  'five of twelve, k = 1, 2, 3, 5, 8',
  '60 samples',
  '12 subsets per k',
  'goal within 0.01, errors as large',
];

export const RETURN_DESIGNS: readonly StudyDesign[] = NAMES.map((name, index) => ({
  name: `returns: ${name}`,
  seed: 2700 + index,
  replicate: (tally, random, r) => countReturns(designOf(name), random, r, tally),
}));

function designOf(name: string): Design {
  const found = DESIGNS.find((design) => design.name === name);
  if (!found) throw new RangeError(`There is no design "${name}".`);
  return found;
}

function countReturns(design: Design, random: Random, r: number, tally: Tally): void {
  const { data, curve } = simulate(design, random);
  const found = returnsOf(data, asked({ seed: r }));
  const base = design.base;
  for (const { k, value, low, high } of found.curve ?? []) {
    const truth = returnAt(k, curve, base) ?? 1;
    // None at all, and all of it, are the ends of what a share can be.
    const end = truth === 0 || truth === 1;
    tally.interval(
      end ? 'return, 0 or 1' : 'return',
      truth,
      { value, low, high },
      end ? 'cautious' : 'interval',
    );
  }
  const never = Number.POSITIVE_INFINITY;
  for (const { share, k, low, high } of found.shares)
    tally.interval(
      'k of a share',
      kAtReturn(share, curve, base) ?? never,
      { value: k ?? never, low, high },
      'cautious',
    );
  for (const { epsilon, k, low, high } of found.to_floor) {
    const floor = design.truth['Linf'] ?? null;
    const goal = { rule: 'epsilon', value: epsilon } as const;
    const truth = recommendedK(goal, { losses: curve, base: null, floor, chosenBeatsBase: null });
    tally.interval('k to the floor', truth ?? never, { value: k ?? never, low, high }, 'cautious');
  }
}

/** The law through k = 1, 2 and 4 has no error of its own: how far its forecasts at k = 9 lie from the truth. */
export const THREE_POINT_DESIGNS: readonly StudyDesign[] = [0.0005, 0.002, 0.01].map((own, index) => {
  const truth = { form: 'signed', truth: { Linf: 0.5, A: 0.2, b: 1.2 } } as const;
  return {
    name: `three points: own errors of ${1000 * own} mnat at k = 1`,
    seed: 2800 + index,
    replicate: (tally, random) => {
      const at = (k: number) => trueLoss(truth, k) + (own / Math.sqrt(k)) * random.normal();
      const law = threePoint([1, 2, 4], [at(1), at(2), at(4)]);
      tally.event('three losses have a law', 'power', law !== null);
      if (law) tally.value('forecast at k = 9', trueLoss(truth, 9), law.Linf + law.A / (9 + law.b));
    },
  };
});

const POOL = 9;

/** Sample variances of so many normal losses a k. */
function variances(truth: (k: number) => number, subsets: number, random: Random): SpreadPoint[] {
  return Array.from({ length: POOL - 1 }, (_, i) => ({
    k: i + 1,
    variance: (truth(i + 1) * random.chiSquared(subsets - 1)) / (subsets - 1),
    subsets,
    of: null,
  }));
}

const FINITE = (k: number) => (4e-4 * (POOL - k)) / (k * (POOL - 1));
const PAPER = (k: number) => 5e-5 + 4e-4 / (k + 1);

export const SPREAD_DESIGNS: readonly StudyDesign[] = (
  [
    ['finite', FINITE, 15],
    ['finite', FINITE, 60],
    ['paper', PAPER, 15],
    ['paper', PAPER, 60],
  ] as const
).map(([form, truth, subsets], index) => ({
  name: `spread: the ${form} form, ${subsets} subsets a k`,
  seed: 2900 + index,
  replicate: (tally, random) => {
    const law = spreadLaw(variances(truth, subsets, random), POOL);
    tally.event('names the form that made them', 'power', law.describes_better === form);
    if (form === 'finite') tally.value('v, relative', 1, (law.finite?.parameters.v ?? Number.NaN) / 4e-4);
    else tally.value('V* + a/(1 + b), relative', 1, fittedAt(law.paper?.parameters) / PAPER(1));
  },
}));

function fittedAt(parameters: Readonly<Record<'V' | 'a' | 'b', number>> | undefined): number {
  return parameters ? parameters.V + parameters.a / (1 + parameters.b) : Number.NaN;
}
