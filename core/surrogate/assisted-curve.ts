/** The typical curve of a sweep that stops at a precision, as weights of measured losses. */
import type { Members } from '../design/subsets.ts';
import type { Problem } from '../problem.ts';
import { subsetsOfSize } from '../selection/subset-count.ts';
import { type AssistedTerm, addTo, termsOf } from './assisted-mean.ts';
import { weightsOf } from './factors.ts';
import type { Surrogate } from './fit.ts';
import { furthestLook } from './looks.ts';
import { SurrogateMemory } from './memory.ts';
import { nameOf, type SurrogateMerge } from './merge.ts';
import { anchorsOf, type PrecisionState } from './precision.ts';

/** A linear form in losses: its weights sum to 1. */
export interface LossWeights {
  /** Of the merges, shape (N). */
  readonly merges: Float64Array;
  /** Of the base: 0 where the merged updates have one length. */
  readonly base: number;
}

/** The mean over all subsets of one size (`assistedMean`), with what tells its error from those that are not merged. */
export interface AssistedForm {
  readonly k: number;
  readonly of: number;
  readonly mean: LossWeights;
  /** One for each merge of the size: their mean has the variance s²/n·(1 − n/of). */
  readonly terms: readonly LossWeights[];
}

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

export type CurveState = Omit<PrecisionState, 'precision'>;

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
    if (k === undefined) return [];
    const of = subsetsOfSize(pool, k);
    return sample.length > 1 && sample.length < of ? [formOf(sample, k, of, surrogate, places)] : [];
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

function formOf(
  sample: readonly SurrogateMerge[],
  k: number,
  of: number,
  surrogate: Surrogate,
  places: ReadonlyMap<string, number>,
): AssistedForm {
  const terms = termsOf(sample, k, of, surrogate);
  const share = 1 / terms.length;
  const mean = new Float64Array(places.size);
  for (const replicate of surrogate.replicates) {
    const own = terms.filter((term) => term.replicate === replicate);
    if (own.length > 0)
      addForm(
        mean,
        replicate,
        own.map(({ value }) => value),
        share,
        places,
      );
  }
  const spreads = terms.map(({ replicate, spread }) => {
    const weights = new Float64Array(places.size);
    addForm(weights, replicate, [spread], 1, places);
    return weights;
  });
  const { varying } = surrogate;
  return {
    k,
    of,
    mean: completed(mean, varying),
    terms: spreads.map((weights) => completed(weights, varying)),
  };
}

/** weights + factor·(Σ of the forms), in place. */
function addForm(
  weights: Float64Array,
  { merges, factors }: AssistedTerm['replicate'],
  forms: readonly AssistedTerm['value'][],
  factor: number,
  places: ReadonlyMap<string, number>,
): void {
  const add = (merge: SurrogateMerge, weight: number) => {
    const at = places.get(nameOf(merge)) as number;
    weights[at] = (weights[at] as number) + factor * weight;
  };
  const [first, ...others] = forms;
  if (!first) return;
  const row = first.row.slice();
  for (const form of others) addTo(row, form.row, 1);
  const own = weightsOf(factors, row);
  for (const [i, merge] of merges.entries()) add(merge, own[i] as number);
  for (const { losses } of forms) for (const { merge, weight } of losses) add(merge, weight);
}

/** Losses count from the base's where lengths vary; where they do not, a constant is foretold exactly. */
function completed(merges: Float64Array, varying: boolean): LossWeights {
  return { merges, base: varying ? 1 - merges.reduce((sum, w) => sum + w, 0) : 0 };
}
