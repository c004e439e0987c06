/**
 * Uncertainty about experts like these: the whole law is fitted again to each pool with one expert left out (Efron and
 * Stein 1981: on average it overstates the variance). Approximate, and labelled so.
 */
import { hull, type Interval } from './curve.ts';
import type { Choice } from './form-choice.ts';
import type { CurveData } from './input.ts';
import type { Judged } from './interval.ts';
import { type Fit, Fitter, FormGrid, parametersOf, predict, withoutLimit } from './least-squares.ts';
import { levelWhitening } from './level.ts';
import { student95 } from './student.ts';
import type { UsablePoints } from './usable-points.ts';
import { whiten } from './whitening.ts';

interface LeftOut {
  /** Mean loss by k of the pool without this expert. */
  readonly measured: ReadonlyMap<number, number>;
  /** The law of that pool. */
  readonly fit: Fit;
}

export class Jackknife {
  readonly #pools: readonly LeftOut[];

  constructor(pools: readonly LeftOut[]) {
    this.#pools = pools;
  }

  get count(): number {
    return this.#pools.length;
  }

  /** Deviations of L(k) over `ks` from their mean over pools, one row a pool, scaled so that their squares sum to the variance. */
  deviations(ks: readonly number[]): number[][] {
    const rows = this.#pools.map((pool) => ks.map((k) => lossOf(pool, k)));
    const scale = Math.sqrt((this.count - 1) / this.count);
    const means = ks.map((_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / this.count);
    return rows.map((row) => row.map((value, column) => scale * (value - (means[column] ?? 0))));
  }

  /** Of Σ weight·L(k), around `value`; `judged` brings the error from evaluation samples. */
  interval(
    terms: readonly { readonly k: number; readonly weight: number }[],
    value: number,
    judged: Judged,
  ): Interval {
    const values = this.#pools.map((pool) =>
      terms.reduce((sum, { k, weight }) => sum + weight * lossOf(pool, k), 0),
    );
    const half = this.#half(values, judged.se ?? 0, judged.df);
    return [value - half, value + half];
  }

  /** Of a parameter. Those that are bounded below are judged on the scale of their logarithm. */
  parameterInterval(name: string, value: number, judged: Judged): Interval {
    const limited = this.#pools.filter(({ fit }) => !withoutLimit(fit));
    // One pool that sets no limit is enough for there to be none; the place of its bound is no number to judge by.
    if (limited.length < this.#pools.length && name !== 'Linf')
      return [name === 'b' ? judged.interval[0] : 0, null];
    const all = limited.map((pool) => parametersOf(pool.fit)[name] ?? value);
    if (limited.length < this.#pools.length) {
      const half = this.#half(all, judged.se ?? 0, judged.df);
      return [null, limited.length < 3 ? null : hull([value, value + half], judged.interval)[1]];
    }
    // b ≥ −0.8 leaves 1 + b positive; A and p are positive unless on their bound.
    const shift = name === 'b' ? 1 : 0;
    const positive = (name === 'b' || name === 'A' || name === 'p') && Math.min(value, ...all) + shift > 0;
    const to = (x: number) => (positive ? Math.log(x + shift) : x);
    const from = (x: number) => (positive ? Math.exp(x) - shift : x);
    const se = (judged.se ?? 0) / (positive ? value + shift : 1);
    const half = this.#half(all.map(to), se, judged.df);
    const [low, high] = [from(to(value) - half), from(to(value) + half)];
    const own = [Number.isFinite(low) ? low : null, Number.isFinite(high) ? high : null] as const;
    // Pools that all stand on a bound do not differ, and have no spread to show: what this pool leaves open stays open.
    return hull(own, judged.interval);
  }

  #half(values: readonly number[], se: number, df: number): number {
    const n = values.length;
    const mean = values.reduce((sum, x) => sum + x, 0) / n;
    const variance = ((n - 1) / n) * values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    const total = variance + se * se;
    if (!(total > 0)) return 0;
    const satterthwaite = total ** 2 / (variance ** 2 / (n - 1) + se ** 4 / df);
    return student95(satterthwaite) * Math.sqrt(total);
  }
}

/** Null where fewer than three pools can be fitted. */
export function jackknife(
  choice: Choice,
  points: UsablePoints,
  data: CurveData,
  leaveOneOut: Float64Array | null,
): Jackknife | null {
  const used = choice.used;
  if (!used || !leaveOneOut) return null;
  const width = data.k.length;
  const pools: LeftOut[] = [];
  for (let i = 0; i < Math.floor(leaveOneOut.length / width); i++) {
    const measured = new Map<number, number>();
    data.k.forEach((k, column) => {
      const loss = leaveOneOut[i * width + column];
      if (loss !== undefined && Number.isFinite(loss) && points.k.includes(k)) measured.set(k, loss);
    });
    const fit = refit(choice, points, measured);
    if (fit) pools.push({ measured, fit });
  }
  return pools.length >= 3 ? new Jackknife(pools) : null;
}

/** The same form with the same weights, on the k's that this pool has. */
function refit(choice: Choice, points: UsablePoints, measured: ReadonlyMap<number, number>): Fit | null {
  const used = choice.used;
  const kept = points.k.flatMap((k, index) => (measured.has(k) ? [index] : []));
  if (!used || kept.length < used.estimate.fit.p) return null;
  const size = points.k.length;
  const C = new Float64Array(kept.length ** 2);
  kept.forEach((a, i) => {
    kept.forEach((b, j) => {
      C[i * kept.length + j] = points.C[a * size + b] ?? 0;
    });
  });
  const k = kept.map((index) => points.k[index] ?? 0);
  const w = levelWhitening(C, kept.length, used.estimate.misfit);
  const z = new Float64Array(kept.length);
  whiten(
    w,
    Float64Array.from(k, (kk) => measured.get(kk) ?? 0),
    z,
    kept.length,
  );
  return new Fitter(FormGrid.of(used.form, k), w).fit(z);
}

function lossOf(pool: LeftOut, k: number): number {
  return pool.measured.get(k) ?? predict(pool.fit, k);
}
