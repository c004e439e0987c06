/** Intervals of what an absence costs: all pools are scored on the same samples, so that differences are paired. */
import { throwIfCancelled } from '../../law/cancelled.ts';
import { floorOf, withoutLimit } from '../../law/least-squares.ts';
import { studentPoint } from '../../law/student.ts';
import { at, whiten } from '../../law/whitening.ts';
import { samplesShowSpread } from '../curve-error.ts';
import { pooledFreedom } from '../freedom.ts';
import { influence, type Measured, objectiveOf } from '../measured.ts';
import { type Resamples, replicatesOf } from '../resample.ts';
import { pairedVariance } from '../sample-variance.ts';
import type { DomainWeights, Samples } from '../samples.ts';
import type { TypicalPoint } from '../typical.ts';
import type { CandidatePool, Difference, PoolCurve, PoolsAsked } from './candidate-pools.ts';
import { PoolLaws } from './pool-laws.ts';

export interface PoolEvidence {
  readonly measured: readonly Measured[];
  readonly samples: Samples;
  readonly resamples: Resamples;
  /** The whole pool's typical points. */
  readonly whole: readonly TypicalPoint[];
}

/**
 * The same candidates with intervals: of losses from the samples (and, where a k is not exhaustive, from the subsets not
 * merged); of floors by fitting the law again to each paired replicate, where all k are exhaustive.
 */
export function withIntervals(
  candidates: readonly CandidatePool[],
  pools: readonly PoolCurve[],
  asked: PoolsAsked,
  evidence: PoolEvidence,
): CandidatePool[] {
  const laws = new PoolLaws(asked.curve, asked.form);
  const wholeFloors = floorsOf(evidence.whole, asked, laws, evidence);
  return candidates.map((candidate, i) => {
    throwIfCancelled(asked.cancelled);
    const pool = pools[i];
    if (!pool) return candidate;
    return {
      ...candidate,
      difference: lossDifference(candidate, pool, asked, evidence),
      floor_difference: floorDifference(candidate, pool, wholeFloors, asked, laws, evidence),
    };
  });
}

function lossDifference(
  { best, difference }: CandidatePool,
  pool: PoolCurve,
  { weights }: PoolsAsked,
  evidence: PoolEvidence,
): Difference | null {
  const own = pool.points.find(({ k }) => k === best?.k);
  const all = evidence.whole.find(({ k }) => k === best?.k);
  if (!difference || !own || !all) return difference;
  const { samples } = evidence;
  if (!samplesShowSpread(samples, weights)) return difference;
  const fromSamples = pairedVariance(
    influence(own.losses, samples, weights),
    influence(all.losses, samples, weights),
    samples,
  );
  const fromSubsets = subsetVariances(pool, own, all, evidence, weights);
  if (fromSubsets === null) return difference;
  const parts = [fromSamples, ...fromSubsets];
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  // The luck of the draw has a say in which k is best: the limit is that of the largest of so many (Bonferroni).
  const rivals = fromSubsets.length > 0 ? pool.points.length : 1;
  const half = variance === 0 ? 0 : studentPoint(pooledFreedom(parts), 0.05 / rivals) * Math.sqrt(variance);
  return { value: difference.value, low: difference.value - half, high: difference.value + half };
}

interface Part {
  readonly variance: number;
  readonly freedom: number;
}

/**
 * Of the difference of a pool's mean and the whole pool's at one k: (1 − π)·(mean inside − mean outside), π the share of
 * subsets inside, each side a sample without replacement. Null where a side does not show its spread.
 */
function subsetVariances(
  pool: PoolCurve,
  own: TypicalPoint,
  all: TypicalPoint,
  { measured }: PoolEvidence,
  weights: DomainWeights,
): Part[] | null {
  if (own.exhaustive && all.exhaustive) return [];
  const inside = own.entries.map(({ index }) => objectiveOf(pool.measured[index] as Measured, weights));
  const outside = all.entries
    .map(({ index }) => measured[index] as Measured)
    .filter(({ members }) => pool.without.some((d) => members.includes(d)))
    .map((row) => objectiveOf(row, weights));
  const share = 1 - own.of / all.of;
  const parts = [sideVariance(inside, own.of, share), sideVariance(outside, all.of - own.of, share)];
  return parts.every((part) => part !== null) ? parts : null;
}

/** share²·s²/n·(1 − n/of). */
function sideVariance(losses: readonly number[], of: number, share: number): Part | null {
  const n = losses.length;
  if (n >= of) return { variance: 0, freedom: 1 };
  if (n < 2) return null;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / n;
  const squares = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  return { variance: (share ** 2 * (squares / (n - 1)) * (1 - n / of)) / n, freedom: n - 1 };
}

/** Coarse beside any interval, in the shape. */
const TOLERANCE = 1e-4;

/** The floor of the law fitted to each replicate; null where subsets are missing, whose error replicates do not carry. */
function floorsOf(
  points: readonly TypicalPoint[],
  { weights }: PoolsAsked,
  laws: PoolLaws,
  { samples, resamples }: PoolEvidence,
): Float64Array | null {
  if (!points.every(({ exhaustive }) => exhaustive) || !samplesShowSpread(samples, weights)) return null;
  const rows = points.map(({ losses }) => losses);
  const columns = replicatesOf(rows, samples, weights, resamples);
  const k = points.map((point) => point.k);
  const fitter = laws.fitter(k);
  if (!fitter) return null;
  const floors = new Float64Array(resamples.replicates);
  const row = new Float64Array(k.length);
  const z = new Float64Array(k.length);
  for (let r = 0; r < floors.length; r++) {
    for (let i = 0; i < columns.length; i++) row[i] = at(columns[i] as Float64Array, r);
    whiten(fitter.whitening, row, z, k.length);
    const fit = fitter.fit(z, k.length, TOLERANCE);
    floors[r] = withoutLimit(fit) ? Number.NEGATIVE_INFINITY : floorOf(fit);
  }
  return floors;
}

function floorDifference(
  { floor_difference: estimate }: CandidatePool,
  pool: PoolCurve,
  whole: Float64Array | null,
  asked: PoolsAsked,
  laws: PoolLaws,
  evidence: PoolEvidence,
): Difference | null {
  if (!estimate || !whole) return estimate;
  const own = floorsOf(pool.points, asked, laws, evidence);
  if (!own) return estimate;
  // Symmetric (Hall 1988): a floor errs far to one side, and its truth lies on the other. Without a limit it is beyond any.
  const deviations = own.map((floor, r) => Math.abs(floor - at(whole, r) - estimate.value));
  const sorted = deviations.map((each) => (Number.isNaN(each) ? Number.POSITIVE_INFINITY : each)).sort();
  const half = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.POSITIVE_INFINITY;
  if (!Number.isFinite(half)) return estimate;
  const [low, high] = [estimate.value - half, estimate.value + half];
  return { value: estimate.value, low, high };
}
