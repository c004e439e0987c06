import { describe, expect, it } from 'vitest';
import {
  covarianceFactor,
  deviationsOf,
  directionsOf,
  freedomOf,
  sizeOf,
} from '../../core/ensemble/domain-spread.ts';
import { seededRandom } from '../../core/law/random.ts';

const D = 6;
const weights = new Float64Array(D).fill(1 / D);
const random = seededRandom(3);
const deviations = (count: number, draw: () => number[]) =>
  deviationsOf(
    Array.from({ length: count }, () => ({ nll: new Float64Array(0), domains: Float64Array.from(draw()) })),
    weights,
  );
const each = Array.from({ length: D }, (_, d) => d);
const alone = () => each.map(() => random.normal());
const together = () => {
  const factor = random.normal();
  return each.map((d) => 1 + factor * (d - 1));
};

describe('how models differ by domain', () => {
  it('leaves out their level and their mean', () => {
    const rows = deviations(5, alone);
    for (const row of rows) expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
    for (const d of each) expect(rows.reduce((sum, row) => sum + (row[d] as number), 0)).toBeCloseTo(0, 12);
  });

  it('has one direction where domains move together, and nearly D − 1 where each moves by itself', () => {
    expect(directionsOf(deviations(4, together))).toBeCloseTo(1, 9);
    expect(directionsOf(deviations(400, alone))).toBeGreaterThan(0.9 * (D - 1));
    expect(directionsOf(deviations(4, alone))).toBeLessThanOrEqual(3);
    expect(freedomOf(deviations(400, together))).toBeLessThan(1.5);
    expect(freedomOf(deviations(400, alone))).toBeGreaterThan(0.8 * (D - 1));
  });

  it('has less freedom where one model differs by far more than others', () => {
    const wild = (m: number) => (m === 0 ? 10 : 1);
    let m = 0;
    const rows = deviations(12, () => alone().map((value) => wild(Math.floor(m++ / D)) * value));
    expect(freedomOf(rows)).toBe(1);
  });

  it('is drawn from a factor of the covariance, of as many columns as it has directions', () => {
    const rows = deviations(4, alone);
    const factor = covarianceFactor(rows);
    expect(factor).toHaveLength(3);
    expect(covarianceFactor(deviations(4, together))).toHaveLength(1);
    for (const i of each)
      for (const j of each) {
        const covariance = rows.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0) / 3;
        const drawn = factor.reduce((sum, column) => sum + (column[i] as number) * (column[j] as number), 0);
        expect(drawn).toBeCloseTo(covariance, 10);
      }
    const squares = factor.reduce((sum, column) => sum + column.reduce((own, v) => own + v * v, 0), 0);
    expect(squares).toBeCloseTo(sizeOf(rows), 10);
  });
});
