/** The surrogate's intervals on pools whose truth is known. */
import { expertWords } from '../../core/design/keyed-random.ts';
import { optimalSubsets } from '../../core/design/optimal.ts';
import { shuffledSubsets } from '../../core/design/subsets.ts';
import { seededRandom } from '../../core/law/random.ts';
import { studentPoint } from '../../core/law/student.ts';
import { bestWeights } from '../../core/surrogate/best-weights.ts';
import { predictedCurve } from '../../core/surrogate/curve.ts';
import { fitSurrogate } from '../../core/surrogate/fit.ts';
import type { Predicted } from '../../core/surrogate/jackknife.ts';
import type { SurrogateMerge } from '../../core/surrogate/merge.ts';
import { decidePrecision } from '../../core/surrogate/precision.ts';
import type { StudyDesign, Tally } from '../simulation/tally.ts';
import { SurrogateWorld } from './world.ts';

interface CoverageDesign {
  readonly name: string;
  readonly pool: number;
  readonly merges: number;
  readonly kind: 'stratified' | 'optimal';
  /** Spread of the experts: the larger, the less a basis of degree 3 explains. */
  readonly spread: number;
  /** Deviation of single merges from anything smooth, nats. */
  readonly rough: number;
}

const DESIGNS: readonly CoverageDesign[] = [
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

/**
 * Losses have no noise here, so what a surrogate leaves out is the same in every tenth of the jackknife: its intervals
 * are wide on purpose.
 */
export const SURROGATE_STUDY: readonly StudyDesign[] = DESIGNS.map((design, index) => ({
  name: design.name,
  seed: 3100 + index,
  replicate: (tally, _, seed) => {
    const world = new SurrogateWorld(design.pool, seed, design);
    const merges = mergesOf(design, world, seed);
    const surrogate = fitSurrogate(merges, design.pool, null, seed);
    tally.event('predicts (R² within k of 0.9)', 'power', surrogate.kind === 'fitted');
    if (surrogate.kind === 'refused') return;
    const ks = Array.from({ length: design.pool }, (_, i) => i + 1);
    for (const { k, measured, of, ...point } of predictedCurve(surrogate, merges, ks, (k) => 1 / k))
      if (measured < of) count(tally, 'predicted curve', world.mean(k), point);
    const best = bestWeights(surrogate, merges, []);
    if (!best) return;
    const truth = world.lossAt(best.weights);
    const measured = Math.min(...merges.map(({ loss }) => loss));
    count(tally, 'best weights, loss', truth, best.predicted);
    count(tally, 'best weights, gain', measured - truth, best.gain);
  },
}));

function count(tally: Tally, quantity: string, truth: number, { value, interval }: Predicted): void {
  tally.interval(quantity, truth, { value, low: interval[0], high: interval[1] }, 'cautious');
}

function mergesOf(design: CoverageDesign, world: SurrogateWorld, seed: number): SurrogateMerge[] {
  const { pool, merges, kind } = design;
  if (kind === 'stratified') return world.sample(merges, seededRandom(seed + 1000));
  const names = Array.from({ length: pool }, (_, i) => `e${i}`);
  const ks = names.map((_, i) => i + 1);
  const chosen = optimalSubsets({ pool: names, ks, count: merges - pool - 1, seed });
  return [...world.ofSize(1), ...world.ofSize(pool), ...chosen.map((members) => world.merge(members))];
}

/** Runs that stop at a precision, beside naive stopping: plain means, looked at after every merge of each size. */
export const STOPPING_STUDY: readonly StudyDesign[] = [0.02, 0.01, 0.005].map((precision, index) => ({
  name: `stopping at ±${1000 * precision} mnat`,
  seed: 3200 + index,
  replicate: (tally, _, seed) => stopAt(precision, seed, tally),
}));

const STOPPED = { pool: 7, spread: 0.5, rough: 0.002 };

function stopAt(precision: number, seed: number, tally: Tally): void {
  const { pool } = STOPPED;
  const world = new SurrogateWorld(pool, seed, STOPPED);
  const words = expertWords(
    Array.from({ length: pool }, (_, i) => `e${i}`),
    seed,
  );
  const order = new Map(Array.from({ length: pool - 2 }, (_, i) => [i + 2, shuffledSubsets(words, i + 2)]));
  const measured: SurrogateMerge[] = [];
  const step = (k: number) => 1 / k;
  const decide = () =>
    decidePrecision({ pool, precision, atMost: 2 ** pool, order, step, measured, base: null, seed });
  let decision = decide();
  while (decision.stop === null) {
    measured.push(...decision.next.flat().map((members) => world.merge(members)));
    decision = decide();
  }
  const truth = (k: number) => world.mean(k);
  tally.event(
    'all sizes hold at once',
    'cautious',
    decision.points.every(({ k, loss, half }) => half !== null && Math.abs(loss - truth(k)) <= half + 1e-12),
  );
  const naive = [...order].map(([k, subsets]) => ({
    k,
    ...naiveStop(
      subsets.map((members) => world.merge(members).loss),
      precision,
    ),
  }));
  tally.event(
    'naive stopping holds',
    'approximate',
    naive.every(({ k, mean, half }) => Math.abs(mean - truth(k)) <= half + 1e-12),
  );
  tally.value('merges', 0, measured.length);
  tally.value('merges, naive', 0, pool + 1 + naive.reduce((sum, { n }) => sum + n, 0));
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
