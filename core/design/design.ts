/**
 * Which subsets a sweep merges, and how often the design drew each: what the statistics must know to estimate the
 * mean over all subsets of a size. A pure function of the experiment; what was merged earlier plays no part in it.
 */
import { anchorCount, combinations } from '../experiment/combinations.ts';
import type { Experiment, Subsets } from '../experiment/experiment.ts';
import { dealt, lookSchedule } from '../surrogate/looks.ts';
import { type ExpertWords, expertWords } from './keyed-random.ts';
import { type Permutation, spreadPermutations } from './permutations.ts';
import { enumerateSubsets, type Members, sampleSubsets } from './subsets.ts';

export interface DrawnSubset {
  /** Indices into the pool, ascending. */
  readonly members: Members;
  /** Its weight in the design mean: Σ draws·L / Σ draws estimates the mean over all subsets of its size. */
  readonly draws: number;
}

export interface Stratum {
  readonly k: number;
  /** C(M, k): exact up to 2^53. */
  readonly of: number;
  /** Every subset of this size is there once: nothing is left to the draw. */
  readonly exhaustive: boolean;
  readonly subsets: readonly DrawnSubset[];
}

export interface SubsetDesign {
  readonly kind: Subsets['kind'];
  readonly pool: readonly string[];
  /** By k, for each k of the sweep, ascending. */
  readonly strata: ReadonlyMap<number, Stratum>;
  /** The orders whose prefixes are the subsets, for a design of permutations: its clusters. Else null. */
  readonly permutations: readonly Permutation[] | null;
  /**
   * The subsets with 1 < k < M in the order of merging: after each round, what is there of a size is a fair sample
   * of it. A round holds a subset of each size that still has one, or what a permutation adds.
   */
  readonly rounds: readonly (readonly Members[])[];
  /** After how many rounds somebody looks whether to stop, ascending; empty where nobody does. */
  readonly looks: readonly number[];
}

/** Drawn once for an experiment: the same seed and pool give the same design, whatever the order of the pool. */
export function designOf(experiment: Pick<Experiment, 'pool' | 'sweep'>): SubsetDesign {
  const { pool, sweep } = experiment;
  const words = expertWords(pool, sweep.seed);
  const inner = sweep.k.filter((k) => k > 1 && k < pool.length);
  const drawn =
    sweep.subsets.kind === 'permutations'
      ? permutationDesign(words, inner, sweep.subsets.count)
      : stratifiedDesign(words, inner, sweep.subsets);
  const strata = sweep.k.map((k) => drawn.strata.get(k) ?? wholeStratum(pool.length, k));
  return {
    kind: sweep.subsets.kind,
    pool,
    strata: new Map(strata.map((stratum) => [stratum.k, stratum])),
    permutations: drawn.permutations,
    rounds: drawn.rounds,
    looks: sweep.subsets.kind === 'precision' ? lookSchedule(drawn.rounds.length) : [],
  };
}

/** Whether the mean at k is known without a draw. */
export function isExhaustive(design: SubsetDesign, k: number): boolean {
  return design.strata.get(k)?.exhaustive ?? false;
}

/** Σ draws·value / Σ draws; null where nothing was drawn. */
export function designMean(
  measured: readonly { readonly draws: number; readonly value: number }[],
): number | null {
  let sum = 0;
  let draws = 0;
  for (const each of measured) {
    sum += each.draws * each.value;
    draws += each.draws;
  }
  return draws > 0 ? sum / draws : null;
}

type Drawn = Pick<SubsetDesign, 'strata' | 'permutations' | 'rounds'>;

function stratifiedDesign(
  words: ExpertWords,
  inner: readonly number[],
  subsets: Exclude<Subsets, { kind: 'permutations' }>,
): Drawn {
  const counts = subsetsBySize(words.low.length, inner, subsets);
  const lists = inner.map((k) => sampleSubsets(words, k, counts.get(k) ?? 0));
  const longest = Math.max(0, ...lists.map((list) => list.length));
  const rounds = Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1)));
  const strata = inner.map((k, i) =>
    stratum(
      words.low.length,
      k,
      (lists[i] ?? []).map((members) => ({ members, draws: 1 })),
    ),
  );
  return { strata: new Map(strata.map((each) => [each.k, each])), permutations: null, rounds };
}

/** How many subsets of each size are drawn, where there are as many; what `at_most` leaves beside the anchors is dealt out in turn. */
function subsetsBySize(
  pool: number,
  inner: readonly number[],
  subsets: Exclude<Subsets, { kind: 'permutations' }>,
): ReadonlyMap<number, number> {
  if (subsets.kind !== 'precision') {
    const count = subsets.kind === 'all' ? Number.POSITIVE_INFINITY : subsets.count;
    return new Map(inner.map((k) => [k, count]));
  }
  const { at_most } = subsets;
  const available = new Map(inner.map((k) => [k, Number(combinations(pool, k))]));
  return dealt(new Map(), available, at_most, at_most - anchorCount(pool)).counts;
}

function permutationDesign(words: ExpertWords, inner: readonly number[], count: number): Drawn {
  const permutations = spreadPermutations(words, count);
  const drawn = new Map<number, Map<string, { members: Members; draws: number }>>();
  for (const k of inner) drawn.set(k, new Map());
  const rounds = permutations.map((permutation) => {
    const added: Members[] = [];
    for (const [k, subsets] of drawn) {
      const members = permutation.slice(0, k).sort((a, b) => a - b);
      const known = subsets.get(members.join());
      if (known) known.draws += 1;
      else {
        subsets.set(members.join(), { members, draws: 1 });
        added.push(members);
      }
    }
    return added;
  });
  const strata = [...drawn].map(([k, subsets]) => stratum(words.low.length, k, [...subsets.values()]));
  return { strata: new Map(strata.map((each) => [each.k, each])), permutations, rounds };
}

/** Once every subset is there, how often the draw met each is beside the point: the mean is known. */
function stratum(n: number, k: number, subsets: readonly DrawnSubset[]): Stratum {
  const of = Number(combinations(n, k));
  const exhaustive = subsets.length === of;
  return {
    k,
    of,
    exhaustive,
    subsets: exhaustive ? subsets.map(({ members }) => ({ members, draws: 1 })) : subsets,
  };
}

/** k = 1 and k = M: anchors measure all of them in any case. */
function wholeStratum(n: number, k: number): Stratum {
  return stratum(
    n,
    k,
    [...enumerateSubsets(n, k)].map((members) => ({ members, draws: 1 })),
  );
}
