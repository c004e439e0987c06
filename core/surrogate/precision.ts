/**
 * When a run that was asked for a precision may stop: a pure function of what is measured. At each look of a fixed
 * schedule every size is bounded; the bounds hold for all sizes and looks together (Bonferroni), so that looking
 * often cannot make a lucky stop. A size that is precise enough gets no more merges.
 */
import { inBlocks } from '../design/blocks.ts';
import type { Members } from '../design/subsets.ts';
import { subsetsOfSize } from '../selection/subset-count.ts';
import { type AssistedMean, assistedMean } from './assisted-mean.ts';
import { dealt, lookSchedule } from './looks.ts';
import { SurrogateMemory } from './memory.ts';
import { nameOf, type SurrogateMerge } from './merge.ts';

export interface PrecisionState {
  readonly pool: number;
  /** What is asked for: half the width of the 95% bound of every mean over subsets, nats per token. */
  readonly precision: number;
  /** Merges at most, anchors included. */
  readonly atMost: number;
  /** By size 1 < k < M: subsets in the random order of the design, each prefix a simple random sample; without failed ones. */
  readonly order: ReadonlyMap<number, readonly Members[]>;
  /** α of each member in a subset of size k. */
  readonly step: (k: number) => number;
  readonly measured: readonly SurrogateMerge[];
  /** L(θ0), where lengths vary; else null. */
  readonly base: number | null;
  readonly seed: number;
  /** Of earlier decisions on the same losses; absent: nothing is remembered. */
  readonly memory?: SurrogateMemory;
}

export interface PrecisionDecision {
  /** `precise`: every size is; `at_most`: no more merges are allowed; null: go on with `next`. */
  readonly stop: 'precise' | 'at_most' | null;
  /** What the next look waits for, in blocks of at most 32 that may each be the last. */
  readonly next: readonly (readonly Members[])[];
  /** Largest half width of the points, nats; null before the first look. */
  readonly reached: number | null;
  /** By size: of the look at which it was precise, else of the last one. All bounds of all looks hold together. */
  readonly points: readonly AssistedMean[];
}

export function decidePrecision(state: PrecisionState): PrecisionDecision {
  const { pool, order, atMost, step } = state;
  const anchors = anchorsOf(pool);
  const known = new Map(state.measured.map((merge) => [nameOf(merge), merge]));
  const mergeOf = (members: Members) => known.get(nameOf({ members, step: step(members.length) }));
  const waiting = anchors.filter((members) => !mergeOf(members));
  if (waiting.length > 0) return { stop: null, next: blocksOf(waiting), reached: null, points: [] };

  const longest = Math.max(0, ...[...order.values()].map((subsets) => subsets.length));
  const looks = lookSchedule(Math.min(longest, atMost));
  const outside = 0.05 / (looks.length * Math.max(1, order.size));
  let counts: ReadonlyMap<number, number> = new Map([...order.keys()].map((k) => [k, 0]));
  const points = new Map<number, AssistedMean>();
  const decision = (stop: PrecisionDecision['stop'], missing: readonly Members[]): PrecisionDecision => ({
    stop,
    next: blocksOf(missing),
    reached: reachedBy([...points.values()], order.size),
    points: [...points.values()],
  });
  const isPrecise = (k: number) => (points.get(k)?.half ?? Number.POSITIVE_INFINITY) <= state.precision;
  for (const target of looks) {
    const going = new Map(
      [...order].flatMap(([k, subsets]) => (isPrecise(k) ? [] : [[k, subsets.length] as const])),
    );
    const deal = dealt(counts, going, target, atMost - anchors.length);
    const drawn = [...order].map(([k, subsets]) => subsets.slice(0, deal.counts.get(k) ?? 0));
    const missing = interleavedMissing(drawn, (members) => mergeOf(members) === undefined);
    if (missing.length > 0) return decision(null, missing);
    counts = deal.counts;
    for (const point of look(state, anchors, drawn, mergeOf, outside)) {
      if (!isPrecise(point.k)) points.set(point.k, point);
    }
    if ([...order.keys()].every(isPrecise)) return decision('precise', []);
    if (deal.last) break;
  }
  return decision('at_most', []);
}

/** Single experts, then all of them. */
export function anchorsOf(pool: number): readonly Members[] {
  const everyone = Array.from({ length: pool }, (_, i) => i);
  return [...everyone.map((i) => [i]), everyone];
}

/** The bounds of one look: from the design's own merges alone, so that a later call sees what this one saw. */
function look(
  { pool, base, seed, memory = new SurrogateMemory() }: PrecisionState,
  anchors: readonly Members[],
  drawn: readonly (readonly Members[])[],
  mergeOf: (members: Members) => SurrogateMerge | undefined,
  outside: number,
): readonly AssistedMean[] {
  const measured = (subsets: readonly Members[]) =>
    subsets.flatMap((members) => {
      const merge = mergeOf(members);
      return merge ? [merge] : [];
    });
  const merges = measured([...anchors, ...drawn.flat()]);
  return memory.look(merges, base, outside, () => {
    const fitted = memory.fit(merges, pool, base, seed);
    const surrogate = fitted.kind === 'fitted' ? fitted : null;
    return drawn.flatMap((subsets) => {
      const k = subsets[0]?.length;
      if (k === undefined) return [];
      return [assistedMean(measured(subsets), k, subsetsOfSize(pool, k), surrogate, outside)];
    });
  });
}

/** The sizes in turn: a run that ends early has as many of each. */
function interleavedMissing(
  lists: readonly (readonly Members[])[],
  isMissing: (members: Members) => boolean,
): Members[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1)))
    .flat()
    .filter(isMissing);
}

function blocksOf(subsets: readonly Members[]): Members[][] {
  const steps = subsets.map((members) => ({ cell: '', members }));
  return inBlocks(steps).map((block) => block.map(({ members }) => members));
}

/** Null while a size has no bound. */
function reachedBy(points: readonly AssistedMean[], sizes: number): number | null {
  const halves = points.flatMap(({ half }) => (half === null ? [] : [half]));
  return halves.length < sizes ? null : Math.max(0, ...halves);
}
