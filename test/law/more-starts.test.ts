import { describe, expect, it } from 'vitest';
import { Fitter, FormGrid } from '../../core/law/least-squares.ts';
import { seededRandom } from '../../core/law/random.ts';
import { type SpreadPoint, spreadLaw } from '../../core/law/spread/spread-law.ts';
import { whiten, whitening } from '../../core/law/whitening.ts';
import { covarianceOf, NINE } from './curves.ts';

describe('more starts', () => {
  it.each(['paper', 'signed', 'power'] as const)('%s: none of 2,000 shapes fits a curve better', (form) => {
    const random = seededRandom(12);
    for (const [shared, own] of [
      [0, 0.001],
      [0.01, 0.004],
      [0.01, 0.03],
    ] as const)
      for (const b of [-0.4, 0.7, 2, 30]) {
        const w = whitening(covarianceOf(9, shared, own), 9, 0);
        const y = Float64Array.from(NINE, (k) => 0.7 + 0.15 / (k + b) + own * random.normal());
        const z = new Float64Array(9);
        whiten(w, y, z, 9);
        const fitter = new Fitter(FormGrid.of(form, NINE), w);
        const { rss } = fitter.fit(z);
        const { model } = fitter;
        if (model.kind !== 'shape') throw new Error('no shape');
        for (let i = 0; i <= 2000; i++) {
          const t = model.tLow + ((model.tHigh - model.tLow) * i) / 2000;
          expect(fitter.atShape(t, z, 9).rss).toBeGreaterThanOrEqual(rss * (1 - 1e-6));
        }
      }
  });

  it('the spread’s V* + a/(k + b): a second optimiser finds the same deviance to 1e-6, and no smaller one', () => {
    const random = seededRandom(13);
    for (const [V, a, b] of [
      [5e-5, 4e-4, 1],
      [0, 1e-3, 0],
      [1e-4, 1e-4, 3],
    ] as const)
      for (const subsets of [8, 40]) {
        const points = NINE.slice(0, 8).map(
          (k): SpreadPoint => ({
            k,
            variance: ((V + a / (k + b)) * random.chiSquared(subsets - 1)) / (subsets - 1),
            subsets,
            of: null,
          }),
        );
        const found = spreadLaw(points, 9).paper?.parameters;
        if (!found) throw new Error('no fit');
        const ours = deviance(points, [found.V, found.a, found.b]);
        const other = Math.min(...[0, 0.3, 1, 4, 20].map((start) => compass(points, [1e-5, 1e-4, start])));
        expect(ours).toBeLessThanOrEqual(other * (1 + 1e-6));
        expect(other).toBeGreaterThanOrEqual(ours * (1 - 1e-6));
      }
  });
});

/** Of gamma errors: Σ (n − 1)·(s²/μ − 1 − ln(s²/μ)). */
function deviance(points: readonly SpreadPoint[], [V, a, b]: readonly [number, number, number]): number {
  if (V < 0 || a < 0 || b < 0 || b > 100) return Number.POSITIVE_INFINITY;
  return points.reduce((sum, { k, variance, subsets }) => {
    const ratio = variance / (V + a / (k + b));
    return sum + (subsets - 1) * (ratio - 1 - Math.log(ratio));
  }, 0);
}

/** Compass search (Hooke and Jeeves 1961): along one axis at a time, in steps that are halved where none helps. */
function compass(points: readonly SpreadPoint[], start: readonly [number, number, number]): number {
  let at = start;
  let least = deviance(points, at);
  for (let step = 1; step > 1e-9; ) {
    const moves = [0, 1, 2].flatMap((axis) =>
      [step, -step].map((by) => at.map((x, i) => (i === axis ? x + by * Math.max(x, 1e-5) : x))),
    ) as unknown as [number, number, number][];
    const best = moves.reduce((a, b) => (deviance(points, b) < deviance(points, a) ? b : a));
    const value = deviance(points, best);
    if (value < least) [at, least] = [best, value];
    else step /= 2;
  }
  return least;
}
