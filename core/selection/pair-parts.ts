import { type DonorDesign, NO_PARTS, type Parts } from './effect-parts.ts';
import type { MeasuredSubsets } from './measured-subsets.ts';
import type { Scope } from './scope.ts';
import { changesOf, pairEffects, stepPairs } from './step-pairs.ts';
import { spreadShape } from './subset-error.ts';

/** Powers of a merge's size by which effects fade: task vectors that are averaged, and those that add up. */
const FADINGS = [1, 0];
const HALF = 0.5;

/**
 * From the measured pairs T, T ∪ {d} of these steps. Donors are compared across steps, at few of which each joined. What
 * one does to a single expert is more than what it does later, as its share of a mean falls with 1/m; or not, where task
 * vectors add up: whichever fits better. How fast it fades is not known of each donor: by how much half a power more or
 * less moves its effect is part of the error.
 *
 * @param losses shape (measured): by which the fading is told
 */
export function pairParts(
  { masks, find }: MeasuredSubsets,
  scope: Scope,
  steps: ReadonlySet<number>,
  losses: Float64Array,
): Parts {
  if (steps.size === 0) return NO_PARTS;
  const pairs = stepPairs(masks, find, scope, steps);
  const pool = scope.players.length + scope.fixed;
  const shape = (t: number) => spreadShape(t + scope.fixed, pool, scope.fixed);
  const fadingBy = (power: number) => pairEffects(pairs, shape, (t) => (t + scope.fixed + 1) ** -power);
  const changes = changesOf(pairs, losses);
  const fits = FADINGS.flatMap((power) => {
    const effects = fadingBy(power);
    return effects ? [{ power, effects, variance: effects.variance(changes) }] : [];
  });
  const [first, second] = fits;
  if (!first) return NO_PARTS;
  const { power, effects } = second && second.variance < first.variance ? second : first;
  const [slower, faster] = [fadingBy(power - HALF), fadingBy(power + HALF)];
  const reached = new Set(pairs.t).size;
  const positionOf = new Int32Array(masks.low.length);
  for (const [position, index] of scope.indices.entries()) positionOf[index] = position;
  const onSubsets = (byPair: (i: number) => number) => {
    const coefficients = new Float64Array(scope.indices.length);
    for (let i = 0; i < pairs.after.length; i++) {
      const after = positionOf[pairs.after[i] as number] as number;
      const before = positionOf[pairs.before[i] as number] as number;
      coefficients[after] = (coefficients[after] as number) + byPair(i);
      coefficients[before] = (coefficients[before] as number) - byPair(i);
    }
    return coefficients;
  };
  const [less, more] = [slower?.donors(), faster?.donors()];
  const donors = [...effects.donors()].map(([d, donor]): [number, DonorDesign] => {
    const [under, over] = [less?.get(d)?.coefficients, more?.get(d)?.coefficients];
    return [
      d,
      {
        steps: reached,
        coefficients: onSubsets((i) => donor.coefficients[i] as number),
        misfit: under && over ? onSubsets((i) => ((over[i] as number) - (under[i] as number)) / 2) : null,
        units: Float64Array.of(donor.leverage),
        nestedUnits: new Float64Array(0),
        comparisons: donor.comparisons,
      },
    ];
  });
  const variance = (losses: Float64Array) => effects.variance(changesOf(pairs, losses));
  return { donors: new Map(donors), spreads: [{ freedom: effects.freedom, variance }], nested: [] };
}
