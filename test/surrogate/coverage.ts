/** How often the surrogate's intervals hold on pools whose truth is known. */

import { expertWords } from '../../core/design/keyed-random.ts';
import { optimalSubsets } from '../../core/design/optimal.ts';
import { shuffledSubsets } from '../../core/design/subsets.ts';
import { seededRandom } from '../../core/law/random.ts';
import { studentPoint } from '../../core/law/student.ts';
import { bestWeights } from '../../core/surrogate/best-weights.ts';
import { predictedCurve } from '../../core/surrogate/curve.ts';
import { fitSurrogate } from '../../core/surrogate/fit.ts';
import type { SurrogateMerge } from '../../core/surrogate/merge.ts';
import { decidePrecision } from '../../core/surrogate/precision.ts';
import { SurrogateWorld } from './world.ts';

export interface CoverageDesign {
  readonly name: string;
  readonly pool: number;
  readonly merges: number;
  readonly kind: 'stratified' | 'optimal';
  /** Spread of the experts: the larger, the less a basis of degree 3 explains. */
  readonly spread: number;
  /** Deviation of single merges from anything smooth, nats. */
  readonly rough: number;
}

export const DESIGNS: readonly CoverageDesign[] = [
  { name: 'process, stratified', pool: 7, merges: 45, kind: 'stratified', spread: 0.5, rough: 0 },
  { name: 'polynomial, stratified', pool: 7, merges: 60, kind: 'stratified', spread: 0.5, rough: 0 },
  { name: 'polynomial, I-optimal', pool: 7, merges: 60, kind: 'optimal', spread: 0.5, rough: 0 },
  {
    name: 'polynomial, stratified, wide pool',
    pool: 7,
    merges: 60,
    kind: 'stratified',
    spread: 0.9,
    rough: 0,
  },
  {
    name: 'polynomial, stratified, rough',
    pool: 7,
    merges: 60,
    kind: 'stratified',
    spread: 0.5,
    rough: 0.003,
  },
  { name: 'process, nine experts, I-optimal', pool: 9, merges: 70, kind: 'optimal', spread: 0.5, rough: 0 },
  { name: 'polynomial, nine experts', pool: 9, merges: 102, kind: 'stratified', spread: 0.5, rough: 0.001 },
];

export interface Coverage {
  readonly fitted: number;
  /** Shares: of all points of all curves, and of the best weights' predictions. */
  readonly curve: number;
  readonly points: number;
  readonly weights: number;
  /** Mean |error| and mean standard error of the curve, nats. */
  readonly error: number;
  readonly se: number;
}

export function surrogateCoverage(design: CoverageDesign, replicates: number): Coverage {
  let fitted = 0;
  let covered = 0;
  let points = 0;
  let weights = 0;
  let error = 0;
  let spread = 0;
  for (let seed = 0; seed < replicates; seed++) {
    const world = new SurrogateWorld(design.pool, seed, design);
    const merges = mergesOf(design, world, seed);
    const surrogate = fitSurrogate(merges, design.pool, null, seed);
    if (surrogate.kind === 'refused') continue;
    fitted += 1;
    const ks = Array.from({ length: design.pool }, (_, i) => i + 1);
    for (const { k, value, se, interval, measured, of } of predictedCurve(
      surrogate,
      merges,
      ks,
      (k) => 1 / k,
    )) {
      if (measured === of) continue;
      const truth = world.mean(k);
      points += 1;
      error += Math.abs(value - truth);
      spread += se;
      if (truth >= interval[0] && truth <= interval[1]) covered += 1;
    }
    const best = bestWeights(surrogate, merges, []);
    const truth = best ? world.lossAt(best.weights) : Number.NaN;
    if (best && truth >= best.predicted.interval[0] && truth <= best.predicted.interval[1]) weights += 1;
  }
  return {
    fitted,
    curve: covered / points,
    points,
    weights: weights / fitted,
    error: error / points,
    se: spread / points,
  };
}

function mergesOf(design: CoverageDesign, world: SurrogateWorld, seed: number): SurrogateMerge[] {
  const { pool, merges, kind } = design;
  if (kind === 'stratified') return world.sample(merges, seededRandom(seed + 1000));
  const names = Array.from({ length: pool }, (_, i) => `e${i}`);
  const ks = names.map((_, i) => i + 1);
  const chosen = optimalSubsets({ pool: names, ks, count: merges - pool - 1, seed });
  return [...world.ofSize(1), ...world.ofSize(pool), ...chosen.map((members) => world.merge(members))];
}

export interface StoppingCoverage {
  /** Share of runs in which every size's bound held at the stop. */
  readonly ours: number;
  /** The same for plain means that are looked at after every merge of each size from the second on, until precise. */
  readonly naive: number;
  readonly merges: number;
  readonly naiveMerges: number;
  readonly precise: number;
}

export function stoppingCoverage(
  { pool, spread, rough }: Pick<CoverageDesign, 'pool' | 'spread' | 'rough'>,
  precision: number,
  replicates: number,
): StoppingCoverage {
  const totals = { ours: 0, naive: 0, merges: 0, naiveMerges: 0, precise: 0 };
  for (let seed = 0; seed < replicates; seed++) {
    const world = new SurrogateWorld(pool, seed, { spread, rough });
    const words = expertWords(
      Array.from({ length: pool }, (_, i) => `e${i}`),
      seed,
    );
    const order = new Map(Array.from({ length: pool - 2 }, (_, i) => [i + 2, shuffledSubsets(words, i + 2)]));
    const measured: SurrogateMerge[] = [];
    const decide = () =>
      decidePrecision({
        pool,
        precision,
        atMost: 2 ** pool,
        order,
        step: (k) => 1 / k,
        measured,
        base: null,
        seed,
      });
    let decision = decide();
    while (decision.stop === null) {
      measured.push(...decision.next.flat().map((members) => world.merge(members)));
      decision = decide();
    }
    const truth = new Map([...order.keys()].map((k) => [k, world.mean(k)]));
    const held = decision.points.every(
      ({ k, loss, half }) => half !== null && Math.abs(loss - (truth.get(k) ?? Number.NaN)) <= half + 1e-12,
    );
    if (held) totals.ours += 1;
    if (decision.stop === 'precise') totals.precise += 1;
    totals.merges += measured.length / replicates;
    const naive = [...order.values()].map((subsets) =>
      naiveStop(
        subsets.map((members) => world.merge(members).loss),
        precision,
      ),
    );
    const within = [...order.keys()].every(
      (k, i) =>
        Math.abs((naive[i]?.mean ?? Number.NaN) - (truth.get(k) ?? 0)) <= (naive[i]?.half ?? 0) + 1e-12,
    );
    if (within) totals.naive += 1;
    totals.naiveMerges += (pool + 1 + naive.reduce((sum, { n }) => sum + n, 0)) / replicates;
  }
  return {
    ...totals,
    ours: totals.ours / replicates,
    naive: totals.naive / replicates,
    precise: totals.precise / replicates,
  };
}

/** Stops as soon as the ordinary 95% interval is narrow enough. */
function naiveStop(losses: readonly number[], precision: number): { mean: number; half: number; n: number } {
  for (let n = 2; ; n++) {
    const seen = losses.slice(0, n);
    const mean = seen.reduce((sum, x) => sum + x, 0) / n;
    const variance = seen.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
    const half = studentPoint(n - 1, 0.05) * Math.sqrt((variance / n) * (1 - n / losses.length));
    if (half <= precision || n >= losses.length) return { mean, half, n };
  }
}
