import { type MembershipEffect, membershipEffect } from './membership.ts';
import type { Scope } from './scope.ts';
import { changesOf, pairEffects, stepPairs } from './step-pairs.ts';
import { spreadShape } from './subset-error.ts';
import { isMember, type SubsetFinder, type SubsetMasks } from './subset-masks.ts';

/** How effects follow from losses, whatever the losses are: made once for all domains. */
export interface AttributionDesign {
  readonly scope: Scope;
  /** Shape (pool): null for an expert that does not come and go, or has no comparisons. */
  readonly donors: readonly (DonorDesign | null)[];
  /** Independent sources of error from subsets that are not measured. */
  readonly spreads: readonly Spread[];
}

export interface DonorDesign {
  /** Shape (n of the scope): effect = Σ coefficients·loss. */
  readonly coefficients: Float64Array;
  /** Shape (spreads): its variance is Σ units·spread. */
  readonly units: Float64Array;
  /** Measured merges with this expert that it rests on. */
  readonly comparisons: number;
}

export interface Spread {
  readonly freedom: number;
  /** Nats², from the losses of all measured subsets. */
  readonly variance: (losses: Float64Array) => number;
}

/** An expert's effect averaged over some of the steps t. */
interface Part extends DonorDesign {
  /** How many t's it averages over: its weight. */
  readonly steps: number;
}

interface Parts {
  readonly donors: ReadonlyMap<number, Part>;
  readonly spreads: readonly Spread[];
}

/**
 * For sets T of each size t of `steps` without expert d: the change of the loss when d joins minus the mean change
 * over all experts at t; averaged within t, then equally over t. Where the sets of sizes t and t + 1 identify it, all
 * of them are used through their membership; else the measured pairs T, T ∪ {d} of the other t's together.
 */
export function attributionDesign(
  masks: SubsetMasks,
  find: SubsetFinder,
  scope: Scope,
  steps: readonly number[],
  pool: number,
): AttributionDesign {
  const memberships = membershipsByK(masks, scope);
  const isIdentified = (t: number) => (t === 0 || memberships.has(t)) && memberships.has(t + 1);
  const parts = [
    membershipParts(memberships, steps.filter(isIdentified), masks, scope),
    pairParts(masks, find, scope, new Set(steps.filter((t) => !isIdentified(t)))),
  ];
  const donors = Array.from({ length: pool }, (_, d) => joined(parts, d, scope.indices.length));
  return { scope, donors, spreads: parts.flatMap(({ spreads }) => spreads) };
}

function membershipsByK(masks: SubsetMasks, scope: Scope): Map<number, MembershipEffect> {
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

const NONE: Parts = { donors: new Map(), spreads: [] };

/** Averages c_{t+1}(d) + t/(M−t)·c_t(d) over t: sets of t + 1 with d, minus sets of t without it, each against all. */
function membershipParts(
  memberships: ReadonlyMap<number, MembershipEffect>,
  steps: readonly number[],
  masks: SubsetMasks,
  scope: Scope,
): Parts {
  if (steps.length === 0) return NONE;
  const M = scope.players.length;
  const factors = new Map<number, number>();
  const grow = (k: number, by: number) => factors.set(k, (factors.get(k) ?? 0) + by / steps.length);
  for (const t of steps) {
    grow(t + 1, 1);
    if (t > 0) grow(t, t / (M - t));
  }
  const sizes = [...factors].flatMap(([k, factor]) => {
    const effect = memberships.get(k);
    return effect ? [{ k, factor, effect }] : [];
  });
  const sampled = sizes.flatMap(({ factor, effect: { positions, unmeasured } }) =>
    unmeasured ? [{ factor, positions, ...unmeasured }] : [],
  );
  const after = new Set(steps.map((t) => t + 1));
  const donors = scope.players.map((d, row): [number, Part] => {
    const coefficients = new Float64Array(scope.indices.length);
    let comparisons = 0;
    for (const { k, factor, effect } of sizes)
      comparisons += spreadOut(coefficients, effect, row, factor, after.has(k), masks, scope);
    const units = Float64Array.from(sampled, (own) => own.factor ** 2 * (own.units[row] as number));
    return [d, { steps: steps.length, coefficients, units, comparisons }];
  });
  const spreads = sampled.map(({ positions, freedom, variance }) => ({
    freedom,
    variance: (losses: Float64Array) =>
      variance(
        Float64Array.from(positions, (position) => losses[scope.indices[position] as number] as number),
      ),
  }));
  return { donors: new Map(donors), spreads };
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

function pairParts(masks: SubsetMasks, find: SubsetFinder, scope: Scope, steps: ReadonlySet<number>): Parts {
  if (steps.size === 0) return NONE;
  const pairs = stepPairs(masks, find, scope, steps);
  const pool = scope.players.length + scope.fixed;
  const effects = pairEffects(pairs, (t) => spreadShape(t + scope.fixed, pool));
  if (!effects) return NONE;
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
        comparisons: donor.comparisons,
      },
    ];
  });
  const variance = (losses: Float64Array) => effects.variance(changesOf(pairs, losses));
  return { donors: new Map(donors), spreads: [{ freedom: effects.freedom, variance }] };
}

/** The parts of one expert, each weighed by its steps. A lone part keeps its coefficients as they are. */
function joined(all: readonly Parts[], d: number, n: number): DonorDesign | null {
  const own = all.map(({ donors }) => donors.get(d) ?? null);
  const steps = own.reduce((sum, part) => sum + (part?.steps ?? 0), 0);
  if (steps === 0) return null;
  const [alone] = own.filter((part) => part !== null);
  const coefficients = own.includes(null) && alone ? alone.coefficients : new Float64Array(n);
  const units: number[] = [];
  let comparisons = 0;
  for (const [which, part] of own.entries()) {
    const share = (part?.steps ?? 0) / steps;
    const count = all[which]?.spreads.length ?? 0;
    for (let i = 0; i < count; i++) units.push(share ** 2 * (part?.units[i] ?? 0));
    if (!part) continue;
    for (let i = 0; i < n && share < 1; i++)
      coefficients[i] = (coefficients[i] as number) + share * (part.coefficients[i] as number);
    comparisons += part.comparisons;
  }
  return { coefficients, units: Float64Array.from(units), comparisons };
}
