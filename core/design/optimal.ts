/**
 * Which subsets teach the surrogate most (mathematics §4): I-optimal, the mean variance of its predictions over all
 * subsets, every size counting alike, made as small as can be merge by merge. Greedy, so that each beginning of the
 * order is itself a good design and a run may end after any block.
 */
import { combinations } from '../experiment/combinations.ts';
import { basisRow, basisSize, type SparseRow } from '../surrogate/basis.ts';
import { type Information, learn, newInformation, priorScore } from './information.ts';
import { type ExpertWords, expertWords, subsetPriority } from './keyed-random.ts';
import { momentsOf } from './moments.ts';
import { enumerateSubsets, type Members, sampleSubsets } from './subsets.ts';

export interface OptimalOptions {
  readonly pool: readonly string[];
  /** Sizes that the predictions are for; those in 1 < k < M can be chosen. */
  readonly ks: readonly number[];
  /** Subsets to choose, beside the anchors (each single expert and the whole pool), which are taken as measured. */
  readonly count: number;
  readonly seed: number;
  /** Whether the length Σα = c grows with k (α_i = 1 for members), instead of α_i = 1/k. */
  readonly varying?: boolean;
  /** Subsets that are measured already, beside the anchors: a design grows from them. */
  readonly measured?: readonly Members[];
}

/** Up to this pool every subset is a candidate; of larger ones, a sample of each size. */
const LARGEST_EXHAUSTIVE_POOL = 16;
const SAMPLED_CANDIDATES = 4_096;
/** Scores this close, relative, are one: renaming experts leaves many equal, and rounding must not choose. */
const TIE = 1e-7;

/** A candidate with its place in all sums. */
interface Candidate {
  readonly members: Members;
  readonly row: SparseRow;
  readonly priority: number;
  /** xᵀPx and xᵀPAPx. */
  own: number;
  gain: number;
}

/** The subsets in the order of merging; the same seed and pool give the same, whatever the order of the pool. */
export function optimalSubsets(options: OptimalOptions): Members[] {
  const { pool, count, measured = [], varying = false } = options;
  const M = pool.length;
  const step = (k: number) => (varying ? 1 : 1 / k);
  const rowOf = (members: Members) => basisRow({ members, step: step(members.length) }, M, varying);
  const moments = momentsOf(M, options.ks, step, varying);
  const information = newInformation(basisSize(M, varying), moments);
  const everyone = pool.map((_, i) => i);
  const anchors = [...everyone.map((i) => [i]), everyone];
  const known = new Set([...anchors, ...measured].map((members) => members.join()));
  const left = candidatesOf(options, expertWords(pool, options.seed))
    .filter(({ members }) => !known.has(members.join()))
    .map(({ members, priority }): Candidate => {
      const row = rowOf(members);
      return { members, row, priority, ...priorScore(information, row) };
    });
  for (const members of [...anchors, ...measured]) update(left, information, rowOf(members));
  const chosen: Members[] = [];
  while (chosen.length < count && left.length > 0) {
    const at = bestOf(left);
    const best = left[at] as Candidate;
    left[at] = left.at(-1) as Candidate;
    left.pop();
    chosen.push(best.members);
    if (chosen.length < count) update(left, information, best.row);
  }
  return chosen;
}

function candidatesOf(
  { pool, ks }: OptimalOptions,
  words: ExpertWords,
): { readonly members: Members; readonly priority: number }[] {
  const M = pool.length;
  const inner = ks.filter((k) => k > 1 && k < M);
  const perSize = Math.ceil(SAMPLED_CANDIDATES / Math.max(1, inner.length));
  return inner.flatMap((k) => {
    const few = M <= LARGEST_EXHAUSTIVE_POOL || combinations(M, k) <= perSize;
    const subsets = few ? [...enumerateSubsets(M, k)] : sampleSubsets(words, k, perSize);
    return subsets.map((members) => ({ members, priority: subsetPriority(words, members, k) }));
  });
}

/** The largest fall of the mean variance, xᵀPAPx/(1 + xᵀPx); among equal ones the lowest priority. */
function bestOf(candidates: readonly Candidate[]): number {
  const score = ({ gain, own }: Candidate) => gain / (1 + own);
  let highest = 0;
  for (const candidate of candidates) highest = Math.max(highest, score(candidate));
  let best = -1;
  for (const [i, candidate] of candidates.entries()) {
    if (score(candidate) < highest * (1 - TIE)) continue;
    if (best === -1 || candidate.priority < (candidates[best] as Candidate).priority) best = i;
  }
  return best;
}

/** After P ← P − uuᵀ: xᵀPx falls by (xᵀu)², and xᵀPAPx changes by (xᵀu)²·uᵀAu − 2(xᵀu)(xᵀPAu). */
function update(candidates: readonly Candidate[], information: Information, row: SparseRow): void {
  const { u, PAu, uAu } = learn(information, row);
  for (const candidate of candidates) {
    const xu = sparseDot(candidate.row, u);
    candidate.gain += xu * (xu * uAu - 2 * sparseDot(candidate.row, PAu));
    candidate.own -= xu * xu;
  }
}

function sparseDot({ at, value }: SparseRow, dense: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < at.length; i++) sum += (value[i] as number) * (dense[at[i] as number] as number);
  return sum;
}
