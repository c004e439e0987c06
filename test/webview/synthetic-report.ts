/**
 * Reports of any shape, filled by formulas: pools of 16 with all 65,535 subsets, several methods and sizes, hostile
 * names. They have a Report's shape; what a real one says is tested on the sample's.
 */
import type { AgainstBest, Curve, CurvePoint, MergeTable, Report } from '../../core/report/report.ts';
import { subsetsOfSize } from '../../core/selection/subset-count.ts';
import type { PlanId, WorkerStatus } from '../../core/store/format.ts';
import { CONTRACT, type DashboardState, type ToPage } from '../../webview/messages.ts';

export interface Shape {
  readonly pool: readonly string[];
  readonly domains: readonly string[];
  readonly methods?: readonly string[];
  readonly sizes?: readonly string[];
  readonly seeds?: readonly number[];
  readonly name?: string;
  /** Only the first of all merges are measured. */
  readonly merges?: number;
}

export function names(count: number, stem: string): string[] {
  return Array.from({ length: count }, (_, i) => `${stem}_${i}`);
}

export function syntheticReport(shape: Shape): Report {
  const sizes = shape.sizes ?? ['default'];
  const methods = shape.methods ?? ['average'];
  const cells = sizes.flatMap((size, s) =>
    methods.map((method, m) => {
      const merges = mergesOf(shape, 0.3 * m - 0.5 * s);
      return {
        size,
        method: m,
        spec: { method: 'average', compatibility: 'none' } as const,
        seeds: shape.seeds ?? [],
        label: method,
        claims_law: true,
        progress: { done: merges.count, failed: 0, total: merges.count },
        curves: [null, ...shape.domains].map((domain, d) => curveOf(shape, merges, domain, d - 1)),
        selection: selectionOf(shape, merges),
        merges,
        rank: m + 1,
        against_best: m === 0 ? null : againstFirst(shape, 0.3 * m),
        precision: null,
        typical: { means: 'plain' as const, problem: null },
      };
    }),
  );
  const [first] = cells;
  if (!first) throw new RangeError('a report has a cell');
  const recommended = first.selection.recommended;
  return {
    format: 1,
    kind: 'merge',
    stage: 'complete',
    name: shape.name ?? 'Synthetic',
    plan: '0'.repeat(64) as PlanId,
    interval: 'pool',
    headline: {
      state: 'complete',
      cell: 0,
      recommended_k: first.curves[0]?.recommended_k ?? null,
      rests_on: null,
      subset: recommended.members.map((d) => shape.pool[d] ?? ''),
      loss: recommended.cross_fitted,
      beats_base: true,
      next_expert: { value: 0.004, low: 0.003, high: 0.005 },
      sentence: `${recommended.k} experts of ${shape.pool.length} are enough.\nMerging ${recommended.members.map((d) => shape.pool[d]).join(', ')} gives the loss.`,
    },
    precision: null,
    excluded: [],
    required: [],
    progress: {
      done: cells.length * first.merges.count,
      failed: 0,
      total: cells.length * first.merges.count,
    },
    pool: shape.pool,
    domains: shape.domains.map((name) => ({
      name,
      samples: 40,
      scored_tokens: 1800,
      truncated: 0,
      excluded: 0,
      weight: 1 / shape.domains.length,
    })),
    sizes: sizes.map((name, s) => ({
      name,
      declared: shape.sizes !== undefined,
      parameters: 4e4 * 4 ** s,
      base: {
        objective: { value: 3 - 0.5 * s, low: 2.9, high: 3.1 },
        domains: shape.domains.map(() => 3 - 0.5 * s),
      },
      experts: shape.pool.map((_, d) => ({
        objective: { value: 2.4 + 0.01 * d, low: 2.3, high: 2.5 },
        domains: shape.domains.map(() => 2.4 + 0.01 * d),
      })),
      geometry: null,
    })),
    cells,
    study: null,
    references: [],
    warnings: [],
  };
}

function mergesOf({ pool, domains, seeds = [], merges }: Shape, shift: number): MergeTable {
  const all = Math.min(merges ?? Number.POSITIVE_INFINITY, 2 ** pool.length - 1);
  const perSubset = Math.max(1, seeds.length);
  const count = all * perSubset;
  const width = domains.length;
  const table = {
    count,
    members: new Uint32Array(2 * count),
    seed: new Float64Array(count).fill(-1),
    objective: new Float64Array(count),
    domains: new Float64Array(width * count),
    design: new Uint8Array(count).fill(1),
  };
  for (let i = 0; i < count; i++) {
    const subset = 1 + Math.floor(i / perSubset);
    table.members[2 * i] = subset;
    if (seeds.length > 0) table.seed[i] = seeds[i % perSubset] ?? 0;
    const k = bits(subset);
    let sum = 0;
    for (let d = 0; d < width; d++) {
      const value = 2.2 + shift + 0.3 / k + (0.08 / k) * wobble(subset, d) + 0.001 * (i % perSubset);
      table.domains[width * i + d] = value;
      sum += value;
    }
    table.objective[i] = sum / width;
  }
  return table;
}

/** In [−1, 1), fixed by subset and domain. */
function wobble(subset: number, domain: number): number {
  const h = Math.imul(subset ^ (domain * 0x9e3779b9), 0x85ebca6b);
  return (Math.imul(h ^ (h >>> 15), 0xc2b2ae35) >>> 0) / 2 ** 31 - 1;
}

function bits(word: number): number {
  let rest = word;
  let count = 0;
  for (; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function curveOf({ pool }: Shape, merges: MergeTable, domain: string | null, d: number): Curve {
  const width = merges.domains.length / merges.count;
  const groups = new Map<number, number[]>();
  for (let i = 0; i < merges.count; i++) {
    const k = bits(merges.members[2 * i] as number);
    const value = (d < 0 ? merges.objective[i] : merges.domains[width * i + d]) as number;
    groups.set(k, [...(groups.get(k) ?? []).slice(-2000), value]);
  }
  const points: CurvePoint[] = [...groups]
    .sort(([a], [b]) => a - b)
    .map(([k, values]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      return {
        k,
        mean,
        low: mean - 0.02,
        high: mean + 0.02,
        subsets: values.length,
        of: values.length,
        draws: values.length,
        sd: values.length < 2 ? null : sd,
        min: Math.min(...values),
        max: Math.max(...values),
      };
    });
  const parameters = { Linf: 2.2, A: 0.3, b: 0 };
  return {
    domain,
    N: null,
    form: 'paper',
    pool: pool.length,
    parameters,
    intervals: { Linf: [2.15, 2.25], A: [0.2, 0.4], b: [-0.1, 0.1] },
    interval_method: 'profile likelihood',
    r2: 0.999,
    rmse: 0.0001,
    forms: [{ form: 'paper', parameters, backtest: 0.001, rmse: 0.0001, r2: 0.999 }],
    three_point: null,
    recommended_k: { k: Math.min(pool.length, 7), low: 6, high: 8, rule: 'within', value: 0.01 },
    k_epsilon: null,
    k_return: null,
    marginal_gain: null,
    forecast: Array.from({ length: pool.length }, (_, i) => ({
      k: i + 1,
      loss: points.find(({ k }) => k === i + 1)?.mean ?? 2.2 + 0.3 / (i + 1),
      low: 2.18 + 0.3 / (i + 1),
      high: 2.22 + 0.3 / (i + 1),
      measured: groups.has(i + 1),
    })),
    reasons: {},
    warnings: [],
    points,
  };
}

function selectionOf({ pool }: Shape, merges: MergeTable) {
  const chosen = pool.map((_, i) => ({
    k: i + 1,
    members: Array.from({ length: i + 1 }, (_, d) => d),
    loss: 2.19 + 0.3 / (i + 1),
    cross_fitted: { value: 2.19 + 0.3 / (i + 1), low: 2.17 + 0.3 / (i + 1), high: 2.21 + 0.3 / (i + 1) },
    difference: { value: -0.01, low: -0.02, high: 0 },
    behind: { value: 0.001, low: 0, high: 0.002 },
    tied: 3,
    measured: merges.count,
    of: merges.count,
  }));
  const recommended = chosen[Math.min(pool.length, 7) - 1];
  if (!recommended) throw new RangeError('a pool has an expert');
  return {
    attribution: pool.map((expert, d) => ({
      expert,
      effect: {
        value: 0.004 * (d - pool.length / 2),
        low: 0.004 * (d - pool.length / 2) - 0.003,
        high: 0.004 * (d - pool.length / 2) + 0.003,
      },
      comparisons: 100,
    })),
    chosen,
    recommended,
    reason: null,
    passed_over: null,
    better: null,
    fewest: null,
  };
}

export function dashboardState(report: Report | null, more: Partial<DashboardState> = {}): DashboardState {
  return {
    name: report?.name ?? 'Nine domains',
    file: 'nine.mergelab.yaml',
    report,
    ensemble: null,
    stale: null,
    run: { state: 'done', workers: [], pace: [] },
    plan: null,
    problem: null,
    updated: Date.UTC(2026, 10, 23, 4),
    host: 'editor',
    trusted: true,
    ...more,
  };
}

export function stateMessage(state: DashboardState): ToPage {
  return { kind: 'state', contract: CONTRACT, state };
}

/** One that runs. */
export const worker: WorkerStatus = {
  format: 1,
  run: 'r',
  worker: 'w0',
  plan: '0'.repeat(64) as PlanId,
  state: 'running',
  heartbeat: 3,
  pid: 1,
  host: 'here',
  device: 'cpu',
  dtype: 'float32',
  batch_tokens: 8192,
  done: 212,
  failed: 1,
  total: 521,
  at_start: 0,
  current: { size: 'default', method: 0, subset: ['algebra', 'biology'], seed: null },
  seconds_per_merge: 0.081,
  seconds_left: 24,
  memory_bytes: 3.1e8,
  waiting_for: null,
  problem: null,
};

/** Worse than the first method by as much at every k. */
function againstFirst(shape: Shape, value: number): AgainstBest {
  const by_k = shape.pool.map((_, i) => ({
    k: i + 1,
    difference: { value, low: value - 0.002, high: value + 0.002 },
    subsets: 1,
    of: subsetsOfSize(shape.pool.length, i + 1),
    means: 'plain' as const,
  }));
  return { method: 0, at: by_k[0] ?? null, by_k };
}
