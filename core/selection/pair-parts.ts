import { NO_PARTS, type Part, type Parts } from './effect-parts.ts';
import type { MeasuredSubsets } from './measured-subsets.ts';
import type { Scope } from './scope.ts';
import { changesOf, pairEffects, stepPairs } from './step-pairs.ts';
import { spreadShape } from './subset-error.ts';

/**
 * From the measured pairs T, T ∪ {d} of these steps. Donors are compared across steps, at few of which each joined. What
 * one does to a single expert, t = 0 beside one that is always there, is far more than what it does later: it fades as
 * the root of the merge's size, half way between task vectors that add up and their mean.
 */
export function pairParts({ masks, find }: MeasuredSubsets, scope: Scope, steps: ReadonlySet<number>): Parts {
  if (steps.size === 0) return NO_PARTS;
  const pairs = stepPairs(masks, find, scope, steps);
  const pool = scope.players.length + scope.fixed;
  const fading = (t: number) => (steps.has(0) ? 1 / Math.sqrt(t + scope.fixed + 1) : 1);
  const effects = pairEffects(pairs, (t) => spreadShape(t + scope.fixed, pool), fading);
  if (!effects) return NO_PARTS;
  const reached = new Set(pairs.t).size;
  const positionOf = new Int32Array(masks.low.length);
  for (const [position, index] of scope.indices.entries()) positionOf[index] = position;
  const donors = [...effects.donors].map(([d, donor]): [number, Part] => {
    const coefficients = new Float64Array(scope.indices.length);
    for (const [i, coefficient] of donor.coefficients.entries()) {
      const after = positionOf[pairs.after[i] as number] as number;
      const before = positionOf[pairs.before[i] as number] as number;
      coefficients[after] = (coefficients[after] as number) + coefficient;
      coefficients[before] = (coefficients[before] as number) - coefficient;
    }
    return [
      d,
      {
        steps: reached,
        coefficients,
        units: Float64Array.of(donor.leverage),
        nestedUnits: new Float64Array(0),
        comparisons: donor.comparisons,
      },
    ];
  });
  const variance = (losses: Float64Array) => effects.variance(changesOf(pairs, losses));
  return { donors: new Map(donors), spreads: [{ freedom: effects.freedom, variance }], nested: [] };
}
