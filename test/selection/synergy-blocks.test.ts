import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Random } from '../../core/law/random.ts';
import { averageLinkage, silhouette } from '../../core/selection/average-linkage.ts';
import { Rotation } from '../../core/selection/rotation.ts';
import type { Synergy } from '../../core/selection/synergy.ts';
import { synergyBlocks } from '../../core/selection/synergy-blocks.ts';
import { scattered } from './pool.ts';

/** A pool of M experts with a domain each; donor d does `value(d, e)` for domain e. */
function matrix(M: number, value: (d: number, e: number) => number): Pick<Synergy, 'adjusted' | 'own'> {
  const range = Array.from({ length: M }, (_, i) => i);
  const entry = (v: number) =>
    ({ value: v, low: null, high: null, p: 0.5, q: 1, discovered: false, comparisons: 2 }) as const;
  return { own: range, adjusted: range.map((d) => range.map((e) => entry(value(d, e)))) };
}

const groupOf = (i: number) => (i % 3 === 0 ? 0 : i % 3 === 1 ? 1 : 2);
const sorted = (blocks: readonly (readonly number[])[] | null) =>
  blocks?.map((block) => block.toSorted((a, b) => a - b)).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));

describe('synergyBlocks', () => {
  it('finds planted groups of donors and of receivers, own experts apart', () => {
    const random = scattered(1);
    const planted = matrix(9, (d, e) =>
      d === e ? 5 : (groupOf(d) === groupOf(e) ? 0.2 : -0.1) + 0.02 * random.normal(),
    );
    const { donors, receivers } = synergyBlocks(planted, 7);
    const expected = [
      [0, 3, 6],
      [1, 4, 7],
      [2, 5, 8],
    ];
    expect(sorted(donors.blocks)).toEqual(expected);
    expect(sorted(receivers.blocks)).toEqual(expected);
    expect(donors.blocks?.flat()).toEqual(donors.order);
    expect(donors.p).toBeLessThanOrEqual(0.05);
    expect(synergyBlocks(planted, 7)).toEqual({ donors, receivers });
  });

  it('leaves a donor whose errors are not known out of the blocks, at the end', () => {
    const planted = matrix(9, (d, e) => (groupOf(d) === groupOf(e) ? 0.2 : -0.1));
    const unknown = planted.adjusted.map((row, d) =>
      d === 4 ? row.map((entry) => entry && { ...entry, p: null, q: null }) : row,
    );
    const { donors } = synergyBlocks({ ...planted, adjusted: unknown }, 7);
    expect(donors.blocks?.flat()).not.toContain(4);
    expect(donors.order.at(-1)).toBe(4);
  });

  const cases: [string, (random: Random) => (d: number, e: number) => number][] = [
    ['noise', (random) => () => random.normal()],
    [
      'a gradient of donors that are good or bad for all',
      (random) => {
        const worth = Array.from({ length: 9 }, () => random.normal());
        return (d) => (worth[d] ?? 0) + 0.1 * random.normal();
      },
    ],
    ['own experts alone', (random) => (d, e) => (d === e ? 5 : 0) + 0.1 * random.normal()],
  ];
  it.each(cases)('names none in %s', (_, make) => {
    let named = 0;
    const repeats = 60;
    for (let seed = 0; seed < repeats; seed++) {
      const { donors, receivers } = synergyBlocks(matrix(9, make(scattered(100 + seed))), seed);
      if (donors.blocks) named += 1;
      if (receivers.blocks) named += 1;
    }
    // 5% at the level of the test, standard error 2%.
    expect(named / (2 * repeats)).toBeLessThan(0.11);
  });

  it('orders few rows without naming blocks, and puts rows without a profile last', () => {
    const small = matrix(3, (d, e) => d * e);
    expect(synergyBlocks(small, 1).donors).toMatchObject({ blocks: null, p: null, silhouette: null });
    const missing = matrix(5, (d, e) => d + e);
    const adjusted = missing.adjusted.map((row, d) => (d === 1 ? row.map(() => null) : row));
    expect(synergyBlocks({ ...missing, adjusted }, 1).donors.order.at(-1)).toBe(1);
    expect(synergyBlocks({ own: [], adjusted: [] }, 1).donors).toEqual({
      order: [],
      blocks: null,
      silhouette: null,
      p: null,
    });
    expect(
      synergyBlocks(
        matrix(6, () => 0),
        1,
      ).donors.blocks,
    ).toBeNull();
  });
});

describe('averageLinkage', () => {
  const line = (points: readonly number[]) =>
    Float64Array.from(points.flatMap((a) => points.map((b) => Math.abs(a - b))));

  it('merges the nearest first, and puts like beside like', () => {
    const points = [0, 10, 1, 12, 25];
    const { order, partitions } = averageLinkage(line(points), 5, 3);
    expect([order.map((i) => points[i]), order.map((i) => points[i]).reverse()]).toContainEqual([
      0, 1, 10, 12, 25,
    ]);
    expect(partitions.map((labels) => new Set(labels).size)).toEqual([2, 3]);
    // Mean distances: {0, 1} to {10, 12} is 10.5, {10, 12} to 25 is 14.
    const [two] = partitions;
    expect([two?.[0] === two?.[3], two?.[0] === two?.[4]]).toEqual([true, false]);
  });

  it('has every row once, whatever the distances', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 12 }),
        (points) => {
          const { order } = averageLinkage(line(points), points.length, 4);
          expect(order.toSorted((a, b) => a - b)).toEqual(points.map((_, i) => i));
        },
      ),
    );
  });

  it('judges a cut by its silhouette', () => {
    const distances = line([0, 1, 10, 11]);
    const good = silhouette(distances, Int32Array.of(0, 0, 1, 1), 2);
    // (10.5 − 1)/10.5 and (9.5 − 1)/9.5, twice each.
    expect(good).toBeCloseTo((9.5 / 10.5 + 8.5 / 9.5) / 2, 12);
    expect(silhouette(distances, Int32Array.of(0, 1, 0, 1), 2)).toBeLessThan(0);
    expect(silhouette(distances, Int32Array.of(0, 1, 2, 3), 4)).toBe(0);
  });
});

describe('Rotation', () => {
  it('keeps all covariances of the columns', () => {
    const random = scattered(3);
    const values = Float64Array.from({ length: 6 * 4 }, () => random.normal());
    const covariance = (rows: Float64Array, a: number, b: number) => {
      const column = (c: number) => Array.from({ length: 6 }, (_, r) => rows[r * 4 + c] ?? Number.NaN);
      const mean = (x: readonly number[]) => x.reduce((sum, v) => sum + v, 0) / x.length;
      const [x, y] = [column(a), column(b)];
      return x.reduce((sum, v, r) => sum + (v - mean(x)) * ((y[r] ?? 0) - mean(y)), 0);
    };
    const turned = new Rotation(values, 6, random).draw(random);
    for (let a = 0; a < 4; a++)
      for (let b = 0; b <= a; b++) expect(covariance(turned, a, b)).toBeCloseTo(covariance(values, a, b), 10);
    expect(Math.abs((turned[0] ?? 0) - (values[0] ?? 0))).toBeGreaterThan(1e-3);
  });
});
