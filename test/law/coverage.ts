/** How often the 95% intervals of a design cover the truth, counted over seeded replicates. */
import type { Interval } from '../../core/law/curve.ts';
import { fitCurve } from '../../core/law/fit-curve.ts';
import type { FitOptions } from '../../core/law/input.ts';
import { seededRandom } from '../../core/law/random.ts';
import { recommendedK } from '../../core/law/rules.ts';
import { type Design, trueLoss } from './designs.ts';
import { simulate } from './simulate.ts';

export interface CoverageRow {
  readonly quantity: string;
  /**
   * `continuous` may not over-cover on average; integers, bounds and forecasts may, and so may `chosen`, the floor's
   * interval where the same data picked the form.
   */
  readonly kind: 'continuous' | 'integer' | 'bound' | 'forecast' | 'chosen';
  readonly covered: number;
  readonly of: number;
  /** Median width of the intervals; null where half of them have no limit. */
  readonly width: number | null;
}

export interface DesignCoverage {
  readonly design: Design;
  readonly rows: readonly CoverageRow[];
  /** Share of replicates with a warning that the floor is not identified or that a constant does as well. */
  readonly warned: number;
}

interface Count {
  readonly kind: CoverageRow['kind'];
  covered: number;
  readonly widths: number[];
}

function median(values: readonly number[]): number | null {
  const middle = [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  return middle !== undefined && Number.isFinite(middle) ? middle : null;
}

/** Fits the true form (parameters), then the form that the backtest picks (everything else). */
export function coverage(design: Design, replicates: number): DesignCoverage {
  const random = seededRandom(design.seed);
  const counts = new Map<string, Count>();
  const count = (quantity: string, kind: CoverageRow['kind'], truth: number, interval: Interval | null) => {
    const row = counts.get(quantity) ?? { kind, covered: 0, widths: [] };
    // No interval at all claims nothing, so it covers.
    const [low, high] = interval ?? [null, null];
    if ((low === null || low <= truth) && (high === null || truth <= high)) row.covered++;
    row.widths.push(low === null || high === null ? Number.POSITIVE_INFINITY : high - low);
    counts.set(quantity, row);
  };
  let warned = 0;
  const beyond = design.pool + 1;
  for (let r = 0; r < replicates; r++) {
    const { data, curve, leaveOneOut } = simulate(design, random);
    const options: FitOptions = {
      goal: design.goal,
      form: design.form,
      forecast: [],
      epsilon: null,
      returns: [],
      interval: design.interval,
      stage: 'complete',
      seed: design.seed + r,
      leaveOneOut,
    };
    // Asked for the base's rule only below, so the draws are not needed here.
    const law = fitCurve({ ...data, replicates: null, baseReplicates: null }, options);
    for (const [name, truth] of Object.entries(design.truth))
      count(
        name,
        design.onBound.includes(name) ? 'bound' : 'continuous',
        truth,
        law.intervals?.[name] ?? null,
      );
    if (law.warnings.some(({ code }) => code === 'floor_not_identified' || code === 'flat_does_as_well'))
      warned++;

    const free = fitCurve(data, { ...options, form: null, forecast: [beyond] });
    const truth = recommendedK(design.goal, {
      losses: curve,
      base: design.base,
      floor: design.truth['Linf'] ?? null,
      chosenBeatsBase: null,
    });
    if (free.intervals?.['Linf'])
      count('Linf, form chosen', 'chosen', design.truth['Linf'] ?? Number.NaN, free.intervals['Linf']);
    const k = free.recommended_k;
    count('recommended k', 'integer', truth ?? Number.NaN, k && [k.low, k.high]);
    for (const gain of free.marginal_gain ?? [])
      if (gain.measured)
        count('gain, measured', 'continuous', (curve[gain.k - 1] ?? 0) - (curve[gain.k] ?? 0), [
          gain.low,
          gain.high,
        ]);
    for (const row of free.forecast) {
      const kind = row.measured ? 'continuous' : 'forecast';
      const loss = row.k <= design.pool ? (curve[row.k - 1] ?? 0) : trueLoss(design, row.k);
      const quantity = row.measured
        ? 'loss, measured'
        : row.k > design.pool
          ? 'loss beyond the pool'
          : 'loss, gaps';
      count(quantity, kind, loss, [row.low, row.high]);
    }
  }
  return {
    design,
    warned: warned / replicates,
    rows: [...counts].map(([quantity, { kind, covered, widths }]) => ({
      quantity,
      kind,
      covered,
      of: widths.length,
      width: median(widths),
    })),
  };
}

export function share(row: CoverageRow): number {
  return row.covered / row.of;
}
