import { type DonorDesign, joinedParts, type Spread } from './effect-parts.ts';
import type { MeasuredSubsets } from './measured-subsets.ts';
import { membershipParts, membershipsByK } from './membership-parts.ts';
import type { NestedSizes } from './nested-sizes.ts';
import { pairParts } from './pair-parts.ts';
import type { Scope } from './scope.ts';

/** How effects follow from losses: made once for all domains. */
export interface AttributionDesign {
  readonly scope: Scope;
  /** Shape (pool): null for an expert that does not come and go, or has no comparisons. */
  readonly donors: readonly (DonorDesign | null)[];
  readonly spreads: readonly Spread[];
  /** Which of the spreads are not independent. */
  readonly nested: readonly NestedSizes[];
}

/**
 * For sets T of each size t of `steps` without expert d: the change of the loss when d joins minus the mean change
 * over all experts at t; averaged within t, then equally over t. Where the sets of sizes t and t + 1 identify it, all
 * of them are used through their membership; else the measured pairs T, T ∪ {d} of the other t's together.
 *
 * @param losses shape (measured): by them pairs say how fast effects fade with the size of the merge
 */
export function attributionDesign(
  subsets: MeasuredSubsets,
  scope: Scope,
  steps: readonly number[],
  losses: Float64Array,
): AttributionDesign {
  const memberships = membershipsByK(subsets.masks, scope);
  const isIdentified = (t: number) => (t === 0 || memberships.has(t)) && memberships.has(t + 1);
  // Only the first has nested spreads, so that their positions hold for all.
  const parts = [
    membershipParts(memberships, steps.filter(isIdentified), subsets, scope),
    pairParts(subsets, scope, new Set(steps.filter((t) => !isIdentified(t))), losses),
  ];
  return {
    scope,
    donors: Array.from({ length: subsets.pool }, (_, d) => joinedParts(parts, d, scope.indices.length)),
    spreads: parts.flatMap(({ spreads }) => spreads),
    nested: parts.flatMap(({ nested }) => nested),
  };
}
