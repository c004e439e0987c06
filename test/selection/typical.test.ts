import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/law/random.ts';
import { curveError, curveReplicates } from '../../core/selection/curve-error.ts';
import { jackknifeVariance, leaveOneOut } from '../../core/selection/leave-one-out.ts';
import { influence, type Measured } from '../../core/selection/measured.ts';
import { replicatesOf, resample } from '../../core/selection/resample.ts';
import { normalised, only, samplesOf } from '../../core/selection/samples.ts';
import { subsetError } from '../../core/selection/subset-error.ts';
import { typicalPoints } from '../../core/selection/typical.ts';
import { subsetsOf } from '../report/world.ts';

const SAMPLES = samplesOf(
  [30, 50].map((n, d) => ({
    name: `d${d}`,
    tokens: Float64Array.from({ length: n }, (_, s) => 2 + (s % 5)),
  })),
);
const WEIGHTS = normalised([1, 3]);

/** A merge whose loss is `level` on every sample but for shared noise. */
function merge(members: readonly number[], level: number, draws: number): Measured {
  const nll = Float64Array.from(SAMPLES.tokens, (t, s) => t * (level + 0.2 * Math.sin(s * s)));
  const domains = Float64Array.from(SAMPLES.domains, (_, d) => {
    const part = nll.slice(SAMPLES.start[d], SAMPLES.start[d + 1]);
    return part.reduce((sum, value) => sum + value, 0) / (SAMPLES.domainTokens[d] ?? 1);
  });
  return { members, draws, nll, domains };
}

describe('typicalPoints', () => {
  it('weighs subsets by how often the design drew them, and leaves the rest out', () => {
    const measured = [merge([0, 1], 1, 2), merge([1, 2], 2, 1), merge([0, 2], 100, 0)];
    const [point, ...rest] = typicalPoints(measured, 4, SAMPLES);
    expect(rest).toEqual([]);
    expect(point).toMatchObject({ k: 2, of: 6, draws: 3, exhaustive: false });
    const mean = (2 * (measured[0]?.domains[0] ?? 0) + (measured[1]?.domains[0] ?? 0)) / 3;
    expect(point?.losses.domains[0]).toBeCloseTo(mean, 12);
  });

  it('is the plain mean, without error from subsets, once all subsets of a size are measured', () => {
    const measured = [merge([0, 1], 1, 3), merge([1, 2], 2, 1), merge([0, 2], 3, 0)];
    const points = typicalPoints(measured, 3, SAMPLES);
    expect(points[0]?.exhaustive).toBe(true);
    const mean = measured.reduce((sum, row) => sum + (row.domains[1] ?? 0) / 3, 0);
    expect(points[0]?.losses.domains[1]).toBeCloseTo(mean, 12);
    expect(subsetError(points, measured, 3, SAMPLES, WEIGHTS, null)?.clusters).toEqual([]);
  });

  it('has no point where only unplanned merges are', () => {
    expect(typicalPoints([merge([0, 1], 1, 0)], 3, SAMPLES)).toEqual([]);
  });
});

describe('errors of the typical curve', () => {
  it('has the finite-population error of a sample without replacement', () => {
    const levels = [1, 1.4, 0.8, 1.1];
    const measured = subsetsOf(5, 2)
      .slice(0, 4)
      .map((members, i) => merge(members, levels[i] ?? 0, 1));
    const points = typicalPoints(measured, 5, SAMPLES);
    const error = subsetError(points, measured, 5, SAMPLES, WEIGHTS, null);
    const mean = 4.3 / 4;
    const s2 = levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / 3;
    const variance = error?.clusters.reduce((sum, u) => sum + (u[0] ?? 0) ** 2, 0);
    expect(variance).toBeCloseTo((s2 / 4) * (1 - 4 / 10), 8);
    expect(error?.freedom[0]).toBe(3);
  });

  it('takes permutations as clusters: errors of neighbouring k go together', () => {
    const permutations = [
      [0, 1, 2, 3, 4],
      [4, 3, 2, 1, 0],
      [2, 0, 4, 1, 3],
    ];
    const value = (members: readonly number[]) => members.reduce((sum, d) => sum + d, 0) / members.length;
    const measured = [2, 3].flatMap((k) =>
      permutations.map((order) => {
        const members = order.slice(0, k).sort((a, b) => a - b);
        return merge(members, value(members), 1);
      }),
    );
    const points = typicalPoints(measured, 5, SAMPLES);
    const error = subsetError(points, measured, 5, SAMPLES, WEIGHTS, permutations);
    const residuals = [2, 3].map((k) => {
      const values = permutations.map((order) => value(order.slice(0, k)));
      const mean = values.reduce((sum, v) => sum + v, 0) / 3;
      return values.map((v) => v - mean);
    });
    const expected = (a: number, b: number) =>
      (residuals[a] ?? []).reduce((sum, r, p) => sum + r * (residuals[b]?.[p] ?? 0), 0) / (3 * 2);
    const found = (a: number, b: number) =>
      error?.clusters.reduce((sum, u) => sum + (u[a] ?? 0) * (u[b] ?? 0), 0) ?? Number.NaN;
    for (const [a, b] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const)
      expect(found(a, b)).toBeCloseTo(expected(a, b), 8);
    expect(expected(0, 1)).toBeGreaterThan(0.1);
  });

  it('borrows the spread of other k where a k has a single subset; knows nothing where none shows it', () => {
    const single = [merge([0, 1], 1, 1)];
    const alone = typicalPoints(single, 5, SAMPLES);
    expect(subsetError(alone, single, 5, SAMPLES, WEIGHTS, null)).toBeNull();
    const measured = [...single, merge([0, 1, 2], 1, 1), merge([1, 2, 3], 2, 1)];
    const points = typicalPoints(measured, 5, SAMPLES);
    const error = subsetError(points, measured, 5, SAMPLES, WEIGHTS, null);
    const variance = error?.clusters.reduce((sum, u) => sum + (u[0] ?? 0) ** 2, 0);
    // (M − k)/(k(M − 1)): s² at k = 3 is 0.5, its shape 2/12; at k = 2 the shape is 3/8.
    expect(variance).toBeCloseTo(0.5 * (3 / 8 / (2 / 12)), 8);
    expect(error?.freedom[0]).toBe(1);
  });

  it('does not count noise of the samples twice, as spread between subsets', () => {
    const random = seededRandom(8);
    const measured = subsetsOf(6, 3)
      .slice(0, 10)
      .map((members) => {
        const nll = Float64Array.from(SAMPLES.tokens, (t) => t * (1 + random.normal()));
        const domains = Float64Array.from(SAMPLES.domains, (_, d) => {
          const part = nll.slice(SAMPLES.start[d], SAMPLES.start[d + 1]);
          return part.reduce((sum, value) => sum + value, 0) / (SAMPLES.domainTokens[d] ?? 1);
        });
        return { members, draws: 1, nll, domains };
      });
    const points = typicalPoints(measured, 6, SAMPLES);
    const error = subsetError(points, measured, 6, SAMPLES, WEIGHTS, null);
    const values = measured.map(({ domains }) => 0.25 * (domains[0] ?? 0) + 0.75 * (domains[1] ?? 0));
    const mean = values.reduce((sum, v) => sum + v, 0) / 10;
    const raw = (values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 9 / 10) * (1 - 10 / 20);
    const variance = error?.clusters.reduce((sum, u) => sum + (u[0] ?? 0) ** 2, 0) ?? Number.NaN;
    expect(raw).toBeGreaterThan(0.0005);
    expect(variance).toBeLessThan(0.5 * raw);
  });

  it('agrees with its replicates, analytically and by bootstrap', () => {
    const measured = [
      merge([0], 2, 1),
      merge([0, 1], 1, 1),
      merge([1, 2], 1.3, 1),
      merge([2, 3], 0.9, 1),
      merge([0, 1, 2], 0.8, 1),
      merge([1, 2, 3], 0.7, 1),
    ];
    const points = typicalPoints(measured, 4, SAMPLES);
    const subsets = subsetError(points, measured, 4, SAMPLES, WEIGHTS, null);
    if (!subsets) throw new Error('the subsets show their spread');
    const { covariance, mean } = curveError(points, SAMPLES, WEIGHTS, subsets);
    const R = 4000;
    const replicates = curveReplicates(points, SAMPLES, WEIGHTS, subsets, resample(SAMPLES, 1, R), 2);
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        let sum = 0;
        for (let r = 0; r < R; r++)
          sum +=
            ((replicates[r * 3 + a] ?? 0) - (mean[a] ?? 0)) * ((replicates[r * 3 + b] ?? 0) - (mean[b] ?? 0));
        const scale = Math.sqrt((covariance?.[a * 4] ?? 0) * (covariance?.[b * 4] ?? 0));
        expect(Math.abs(sum / R - (covariance?.[a * 3 + b] ?? Number.NaN))).toBeLessThan(0.1 * scale);
      }
    }
  });

  it('has the covariance of ratios: one domain alone, against the textbook', () => {
    const row = merge([0], 1, 1);
    const values = influence(row, SAMPLES, only(0, 2));
    const n = 30;
    const tokens = SAMPLES.tokens.slice(0, n);
    const total = tokens.reduce((sum, t) => sum + t, 0);
    const ratio = row.domains[0] ?? Number.NaN;
    const s2 = tokens.reduce((sum, t, s) => sum + ((row.nll[s] ?? 0) - ratio * t) ** 2, 0) / (n - 1);
    const textbook = (n * s2) / total ** 2;
    expect(values.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(textbook, 14);
    const replicates = replicatesOf(
      [row],
      SAMPLES,
      only(0, 2),
      resample(SAMPLES, 3, 4000),
    )[0] as Float64Array;
    const mean = replicates.reduce((sum, v) => sum + v, 0) / 4000;
    const variance = replicates.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 4000;
    expect(variance / textbook).toBeGreaterThan(0.9);
    expect(variance / textbook).toBeLessThan(1.1);
  });
});

describe('leaveOneOut', () => {
  it('is the mean of the pool that lacks one expert', () => {
    const measured = [1, 2, 3].flatMap((k) =>
      subsetsOf(3, k).map((members) =>
        merge(
          members,
          members.reduce((sum, d) => sum + 2 ** d, 0),
          1,
        ),
      ),
    );
    const points = typicalPoints(measured, 3, SAMPLES);
    const left = leaveOneOut(points, measured, 3, WEIGHTS);
    const whole = leaveOneOut(points.slice(0, 0), measured, 3, WEIGHTS);
    expect(whole.length).toBe(0);
    const offset = 0.25 * (merge([0], 0, 1).domains[0] ?? 0) + 0.75 * (merge([0], 0, 1).domains[1] ?? 0);
    expect(left[0] ?? Number.NaN).toBeCloseTo((2 + 4) / 2 + offset, 10);
    expect(left[1] ?? Number.NaN).toBeCloseTo(6 + offset, 10);
    expect(left[2]).toBeNaN();
    expect(left[3 * 2 + 1] ?? Number.NaN).toBeCloseTo(3 + offset, 10);
    const variance = jackknifeVariance(left, 3, 3);
    // At k = 1 the jackknife of a mean of M numbers is s²/M.
    expect(variance[0]).toBeCloseTo(((1 - 7 / 3) ** 2 + (2 - 7 / 3) ** 2 + (4 - 7 / 3) ** 2) / 2 / 3, 10);
    expect(variance[2]).toBeNaN();
  });
});
