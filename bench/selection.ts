/**
 * How long the selection of one method takes: all 65,535 subsets of 16 experts on 16 domains of 40 samples, and 4,000
 * sampled subsets of 64 experts. CPU milliseconds, the first of a process: points (goal 1000), and intervals behind them.
 */
import { seededRandom } from '../core/law/random.ts';
import { baselines } from '../core/selection/baselines.ts';
import { foldsOf } from '../core/selection/folds.ts';
import { neighbours } from '../core/selection/neighbours.ts';
import { resample } from '../core/selection/resample.ts';
import { normalised } from '../core/selection/samples.ts';
import { shapley } from '../core/selection/shapley.ts';
import { synergy } from '../core/selection/synergy.ts';
import { synergyBlocks } from '../core/selection/synergy-blocks.ts';
import { transfer } from '../core/selection/transfer.ts';
import { randomOrders, samplesFor, scattered } from '../test/selection/pool.ts';

const DOMAINS = 16;
const SAMPLES = 40;

function timed<T>(name: string, work: () => T): T {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  console.log(`  ${name.padEnd(24)}${((user + system) / 1000).toFixed(0).padStart(6)} ms`);
  return result;
}

function everySubset(pool: number): number[][] {
  const experts = Array.from({ length: pool }, (_, d) => d);
  return Array.from({ length: 2 ** pool - 1 }, (_, i) => experts.filter((d) => ((i + 1) >>> d) & 1));
}

/** As many of each size. */
function someSubsets(pool: number, count: number): number[][] {
  return randomOrders(pool, count, scattered(1)).map((order, i) =>
    order.slice(0, 1 + (i % pool)).sort((a, b) => a - b),
  );
}

function measureAll(pool: number, subsets: readonly (readonly number[])[]): void {
  const random = seededRandom(0x5bd1e995);
  const samples = samplesFor(DOMAINS, SAMPLES);
  const measured = subsets.map((members) => ({
    members,
    draws: 1,
    nll: Float32Array.from(samples.tokens, (tokens) => tokens * (1 + random.uniform())),
    domains: Float64Array.from(samples.domains, () => 1 + random.uniform()),
  }));
  const own = samples.domains.map((_, e) => e);
  const weights = normalised(own.map(() => 1));
  const base = measured[0] ?? null;
  const shared = { measured, base, pool, samples, weights, own };
  for (const stage of ['points', 'complete'] as const) {
    const folds = stage === 'complete' ? foldsOf(samples, 1) : null;
    const resamples = stage === 'complete' ? resample(samples, 1) : null;
    console.log(`${pool} experts, ${measured.length} subsets, ${stage}`);
    const found = timed('synergy', () => synergy({ ...shared, permutations: null, stage }));
    if (stage === 'complete') timed('blocks', () => synergyBlocks(found, 0x1b873593));
    timed('transfer', () => transfer({ ...shared, permutations: false, stage }));
    timed('shapley', () => shapley({ ...shared, permutations: null, stage }));
    timed('baselines', () => baselines({ ...shared, folds }));
    timed('neighbours', () => neighbours({ ...shared, resamples }, Math.floor(measured.length / 2)));
  }
}

measureAll(16, everySubset(16));
measureAll(64, someSubsets(64, 4000));
