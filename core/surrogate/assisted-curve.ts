/** The typical curve of a sweep that stops at a precision, as weights of measured losses. */
import type { Members } from '../design/subsets.ts';
import type { Problem } from '../problem.ts';
import { subsetsOfSize } from '../selection/subset-count.ts';
import { type AssistedForm, assistedForm } from './assisted-form.ts';
import { furthestLook } from './looks.ts';
import { SurrogateMemory } from './memory.ts';
import { nameOf, type SurrogateMerge } from './merge.ts';
import { anchorsOf, type PrecisionState } from './precision.ts';

/**
 * As linear forms, the surrogate's length scale and nugget taken as given, so that errors of the evaluation samples
 * follow as those of any weighted losses do, on each domain by the same weights.
 */
export interface AssistedCurve {
  readonly kind: 'assisted';
  /** That all weights are of. Shape (N). */
  readonly merges: readonly SurrogateMerge[];
  /** For 1 < k < M, of sizes that are not measured in full and have two merges. */
  readonly forms: readonly AssistedForm[];
}

/** Plain means, and why. */
export interface PlainCurve {
  readonly kind: 'plain';
  /** Null: too little is measured for a first look. */
  readonly problem: Problem | null;
}

export interface CurveState extends Omit<PrecisionState, 'precision'> {
  /** Whether the curves of the pools without one expert are asked for. */
  readonly leaveOneOut?: boolean;
}

/**
 * Of the furthest look of which every merge is there: what was precise before goes on with the plan. Residuals of each
 * size are cross-fitted, with mean zero whatever the other sizes drew: their errors from subsets are independent.
 */
export function assistedCurve(state: CurveState): AssistedCurve | PlainCurve {
  const { pool, base, seed, step, memory = new SurrogateMemory() } = state;
  const known = new Map(state.measured.map((merge) => [nameOf(merge), merge]));
  const mergesOf = (subsets: readonly Members[]) =>
    subsets.flatMap((members) => known.get(nameOf({ members, step: step(members.length) })) ?? []);
  const drawn = drawnOf(state);
  if (!drawn) return { kind: 'plain', problem: null };
  const samples = [...drawn.values()].map(mergesOf);
  const merges = [...mergesOf(anchorsOf(pool)), ...samples.flat()];
  const surrogate = memory.fit(merges, pool, base, seed);
  if (surrogate.kind === 'refused') return { kind: 'plain', problem: surrogate.problem };
  const places = new Map(merges.map((merge, i) => [nameOf(merge), i]));
  const forms = samples.flatMap((sample) => {
    const k = sample[0]?.members.length;
    if (k === undefined || sample.length < 2 || sample.length === subsetsOfSize(pool, k)) return [];
    return [assistedForm(sample, k, surrogate, places, state.leaveOneOut ?? false)];
  });
  return { kind: 'assisted', merges, forms };
}

/** By size; null before the anchors and the first look are there, and where no size is drawn from. */
export function drawnOf(
  state: Pick<CurveState, 'pool' | 'order' | 'atMost' | 'measured'>,
): ReadonlyMap<number, readonly Members[]> | null {
  const { pool, order, atMost, measured } = state;
  const there = new Set(measured.map(({ members }) => members.join()));
  const anchors = anchorsOf(pool);
  if (order.size === 0 || !anchors.every((members) => there.has(members.join()))) return null;
  const lengths = [...order].map(([k, subsets]) => {
    const end = subsets.findIndex((members) => !there.has(members.join()));
    return { k, there: end < 0 ? subsets.length : end, available: subsets.length };
  });
  const counts = furthestLook(lengths, atMost - anchors.length);
  return counts && new Map([...order].map(([k, subsets]) => [k, subsets.slice(0, counts.get(k) ?? 0)]));
}
