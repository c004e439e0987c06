import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lowestOf, type Triple, vertex, weightsAt } from '../../core/selection/parabola.ts';

const SCALES = [0, 0.25, 0.5, 0.75, 1, 1.5, 2];
const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });
/** Three places, ascending and apart. */
const places = fc
  .tuple(within(-2, 2), within(0.05, 2), within(0.05, 2))
  .map(([a, first, second]): Triple => [a, a + first, a + first + second]);
const values = fc.tuple(within(-3, 3), within(-3, 3), within(-3, 3));

test('the lowest point of a quadratic is found wherever it lies, and at the end beyond which it lies', () => {
  fc.assert(
    fc.property(within(-1, 3), within(0.01, 10), within(-5, 5), (best, curvature, least) => {
      const found = lowestOf(
        SCALES,
        SCALES.map((c) => least + curvature * (c - best) ** 2),
      );
      expect(found.at).toBeCloseTo(Math.min(2, Math.max(0, best)), 6);
      expect(found.onEdge).toBe(found.at === 0 || found.at === 2);
    }),
  );
});

test('of any curve, the lowest point lies no farther than the neighbours of the lowest place', () => {
  fc.assert(
    fc.property(fc.array(within(0, 4), { minLength: 7, maxLength: 7 }), (y) => {
      const found = lowestOf(SCALES, y);
      const lowest = y.indexOf(Math.min(...y));
      expect(found.at).toBeGreaterThanOrEqual(SCALES[Math.max(0, lowest - 1)] ?? Number.NaN);
      expect(found.at).toBeLessThanOrEqual(SCALES[Math.min(6, lowest + 1)] ?? Number.NaN);
      expect(found.first).toBeGreaterThanOrEqual(0);
      expect(found.first).toBeLessThanOrEqual(4);
    }),
  );
});

test('weights reproduce every quadratic, and each value at its own place', () => {
  fc.assert(
    fc.property(places, values, within(-2, 4), (x, [p, q, r], at) => {
      const f = (c: number) => p + q * c + r * c * c;
      const read = weightsAt(x, at).reduce((sum, weight, i) => sum + weight * f(x[i] ?? 0), 0);
      const size = weightsAt(x, at).reduce((sum, weight) => sum + Math.abs(weight), 0);
      expect(Math.abs(read - f(at))).toBeLessThan(1e-9 * size * 100);
      expect(weightsAt(x, x[1])).toEqual([0, 1, 0].map((weight) => expect.closeTo(weight, 12)));
    }),
  );
});

test('the vertex moves with each value as its slopes say', () => {
  fc.assert(
    fc.property(places, values, (x, y) => {
      const { value, slopes } = vertex(x, y);
      fc.pre(value !== null && Math.abs(value - x[1]) < x[2] - x[0]);
      for (const i of [0, 1, 2] as const) {
        const moved = (by: number) =>
          vertex(x, y.map((each, j) => (i === j ? each + by : each)) as unknown as Triple);
        const [up, down] = [moved(1e-6).value, moved(-1e-6).value];
        fc.pre(up !== null && down !== null);
        const difference = ((up ?? 0) - (down ?? 0)) / 2e-6;
        expect(Math.abs(difference - slopes[i])).toBeLessThan(1e-3 * (1 + slopes[i] ** 2));
      }
    }),
  );
});

test('without a lowest point there is no vertex', () => {
  expect(vertex([0, 1, 2], [0, 1, 0]).value).toBeNull();
  expect(vertex([0, 1, 2], [0, 1, 2]).value).toBeNull();
  expect(lowestOf([0, 1, 2], [1, 1, 1])).toMatchObject({ at: 0, onEdge: true });
});
