import { type DonorDesign, NO_PARTS, type Parts } from './effect-parts.ts';
import type { MeasuredSubsets } from './measured-subsets.ts';
import { type MembershipEffect, membershipEffect } from './membership.ts';
import { type NestedSizes, nestedSizes } from './nested-sizes.ts';
import type { Scope } from './scope.ts';
import { isMember, type SubsetMasks } from './subset-masks.ts';

export function membershipsByK(masks: SubsetMasks, scope: Scope): Map<number, MembershipEffect> {
  const byK = new Map<number, number[]>();
  for (let position = 0; position < scope.indices.length; position++) {
    const k = (masks.size[scope.indices[position] as number] as number) - scope.fixed;
    const same = byK.get(k);
    if (same) same.push(position);
    else byK.set(k, [position]);
  }
  const effects = new Map<number, MembershipEffect>();
  if (scope.players.length < 2) return effects;
  for (const [k, positions] of byK) {
    const effect = membershipEffect(positions, k, masks, scope);
    if (effect) effects.set(k, effect);
  }
  return effects;
}

/** Averages c_{t+1}(d) + t/(M−t)·c_t(d) over t: sets of t + 1 with d, minus sets of t without it, each against all. */
export function membershipParts(
  memberships: ReadonlyMap<number, MembershipEffect>,
  steps: readonly number[],
  subsets: MeasuredSubsets,
  scope: Scope,
): Parts {
  if (steps.length === 0) return NO_PARTS;
  const factors = stepFactors(steps, scope.players.length);
  const sizes = [...factors].flatMap(([k, factor]) => {
    const effect = memberships.get(k);
    return effect ? [{ k, factor, effect }] : [];
  });
  const sampled = sizes
    .flatMap(({ k, factor, effect: { positions, unmeasured } }): SampledSize[] =>
      unmeasured ? [{ ...unmeasured, k, factor, positions }] : [],
    )
    .sort((a, b) => a.k - b.k);
  const nested = nestedSizes(subsets, scope, sampled);
  const after = new Set(steps.map((t) => t + 1));
  const donors = scope.players.map((d, row): [number, DonorDesign] => {
    const coefficients = new Float64Array(scope.indices.length);
    let comparisons = 0;
    for (const { k, factor, effect } of sizes)
      comparisons += spreadOut(coefficients, effect, row, factor, after.has(k), subsets.masks, scope);
    const units = Float64Array.from(sampled, (own) => own.factor ** 2 * (own.units[row] as number));
    const nestedUnits = Float64Array.from(nested, (pair) => inCommon(pair, sampled, row));
    return [d, { steps: steps.length, coefficients, misfit: null, units, nestedUnits, comparisons }];
  });
  const spreads = sampled.map(({ positions, freedom, variance }) => ({
    freedom,
    variance: (losses: Float64Array) =>
      variance(
        Float64Array.from(positions, (position) => losses[scope.indices[position] as number] as number),
      ),
  }));
  return { donors: new Map(donors), spreads, nested };
}

type SampledSize = NonNullable<MembershipEffect['unmeasured']> &
  Pick<MembershipEffect, 'positions'> & { readonly k: number; readonly factor: number };

/** By k: how much c_k counts in the mean over steps. */
function stepFactors(steps: readonly number[], M: number): Map<number, number> {
  const factors = new Map<number, number>();
  const grow = (k: number, by: number) => factors.set(k, (factors.get(k) ?? 0) + by / steps.length);
  for (const t of steps) {
    grow(t + 1, 1);
    if (t > 0) grow(t, t / (M - t));
  }
  return factors;
}

/** 2·Σ over nested subsets of the products of one player's coefficients. */
function inCommon(
  { first, second, rows }: NestedSizes,
  sampled: readonly SampledSize[],
  row: number,
): number {
  const [inner, outer] = [sampled[first], sampled[second]];
  if (!inner || !outer) return 0;
  const own = (of: SampledSize, i: number) => of.coefficients[row * of.positions.length + i] as number;
  const sum = rows.reduce((total, [i, j]) => total + own(inner, i) * own(outer, j), 0);
  return 2 * inner.factor * outer.factor * sum;
}

/** Writes one player's coefficients to their places; returns how many of these subsets have the player, if they count. */
function spreadOut(
  coefficients: Float64Array,
  { positions, coefficients: own }: MembershipEffect,
  row: number,
  factor: number,
  counts: boolean,
  masks: SubsetMasks,
  scope: Scope,
): number {
  const n = positions.length;
  const d = scope.players[row] as number;
  const all = own instanceof Float64Array ? own : null;
  const [members, others] =
    own instanceof Float64Array ? [0, 0] : [factor * own.members, factor * own.others];
  let found = 0;
  for (let i = 0; i < n; i++) {
    const position = positions[i] as number;
    const member = isMember(masks, scope.indices[position] as number, d);
    if (member) found += 1;
    coefficients[position] = all ? factor * (all[row * n + i] as number) : member ? members : others;
  }
  return counts ? found : 0;
}
