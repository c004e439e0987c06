/** Seeded draws of a few subsets of each size: how near assisted means come to those of all subsets, beside plain ones. */
import { designOf } from '../../core/design/design.ts';
import { studentPoint } from '../../core/law/student.ts';
import { assistedCurve } from '../../core/surrogate/assisted-curve.ts';
import type { LossWeights } from '../../core/surrogate/assisted-form.ts';
import type { SurrogateMerge } from '../../core/surrogate/merge.ts';
import { curveOf, DRAWS } from './draws-of-a-fifth.ts';
import type { ExhaustiveSweep } from './exhaustive-sweeps.ts';

export interface AssistedDraws {
  /** Draws after which means are plain. */
  readonly refused: number;
  /** Root mean square over draws and sizes, nats. */
  readonly assisted: number;
  readonly plain: number;
  /** 95% intervals of assisted means, each for itself, that hold the mean over all subsets; of so many. */
  readonly covered: number;
  readonly of: number;
}

/** @param each subsets of every size 1 < k < M */
export function assistedDraws(sweep: ExhaustiveSweep, each: number): AssistedDraws {
  const truth = curveOf(sweep);
  let [refused, assisted, plain, covered, of] = [0, 0, 0, 0, 0];
  for (let seed = 0; seed < DRAWS; seed++) {
    const measured = drawn(sweep, each, seed);
    const curve = assistedCurve({ ...stateOf(sweep, measured), seed });
    if (curve.kind === 'plain') {
      refused += 1;
      continue;
    }
    for (const form of curve.forms) {
      const known = truth[form.k - 1] ?? Number.NaN;
      const error = lossOf(form.mean, curve.merges, sweep.base) - known;
      const terms = form.terms.map((term) => lossOf(term, curve.merges, sweep.base));
      const own = measured.filter(({ members }) => members.length === form.k).map(({ loss }) => loss);
      const se = Math.sqrt((varianceOf(terms) / terms.length) * (1 - terms.length / form.of));
      assisted += error ** 2;
      plain += (meanOf(own) - known) ** 2;
      of += 1;
      if (Math.abs(error) <= studentPoint(terms.length - 1, 0.05) * se) covered += 1;
    }
  }
  return { refused, assisted: Math.sqrt(assisted / of), plain: Math.sqrt(plain / of), covered, of };
}

/** With the single experts and the whole pool. */
function drawn({ pool, merges }: ExhaustiveSweep, each: number, seed: number): SurrogateMerge[] {
  const k = pool.map((_, i) => i + 1);
  const { rounds } = designOf({ pool, sweep: { k, subsets: { kind: 'all' }, seed } });
  const names = new Set(rounds.slice(0, each).flatMap((round) => round.map((members) => members.join())));
  const isAnchor = ({ length }: readonly number[]) => length === 1 || length === pool.length;
  return merges.filter(({ members }) => isAnchor(members) || names.has(members.join()));
}

function stateOf({ pool, step, base }: ExhaustiveSweep, measured: readonly SurrogateMerge[]) {
  const sizes = pool.slice(2).map((_, i) => i + 2);
  const ofSize = (k: number) => measured.flatMap(({ members }) => (members.length === k ? [members] : []));
  const order = new Map(sizes.map((k) => [k, ofSize(k)]));
  return { pool: pool.length, atMost: Number.POSITIVE_INFINITY, order, step, measured, base };
}

function lossOf(
  { merges: weights, base: ofBase }: LossWeights,
  merges: readonly SurrogateMerge[],
  base: number | null,
): number {
  return merges.reduce((sum, { loss }, i) => sum + (weights[i] ?? 0) * loss, ofBase * (base ?? 0));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
}
