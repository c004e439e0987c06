import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { describe, expect, it } from 'vitest';
import { Fitter, FormGrid } from '../../core/law/least-squares.ts';
import { seededRandom } from '../../core/law/random.ts';
import { whiten, whitening } from '../../core/law/whitening.ts';
import { covarianceOf, NINE } from './curves.ts';

/** Levenberg–Marquardt on floor, log tail and log of the shape's distance from its bound: nothing shared with the fit but the data. */
function secondOptimiser(
  form: 'paper' | 'signed' | 'power',
  z: Float64Array,
  inverse: Float64Array,
  k: readonly number[],
) {
  const size = k.length;
  const least = form === 'signed' ? -0.8 : 0;
  const law = ([floor = 0, tail = 0, shape = 0]: number[]) => {
    const curve = k.map((kk) =>
      form === 'power'
        ? floor + Math.exp(tail) * kk ** -(SMALLEST_EXPONENT + Math.exp(shape))
        : floor + Math.exp(tail) / (kk + least + Math.exp(shape)),
    );
    return (i: number) => {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += (inverse[i * size + j] ?? 0) * (curve[j] ?? 0);
      return sum;
    };
  };
  let best = Number.POSITIVE_INFINITY;
  const x = k.map((_, i) => i);
  for (const shape of [-2, -0.5, 0.5, 1.5])
    for (const tail of [-3, -1.5]) {
      const { parameterValues } = levenbergMarquardt({ x, y: Array.from(z) }, law, {
        initialValues: [0.7, tail, shape],
        damping: 1e-3,
        gradientDifference: 1e-7,
        centralDifference: true,
        maxIterations: 400,
        errorTolerance: 1e-14,
      });
      const value = law(parameterValues);
      const rss = x.reduce((sum, i) => sum + ((z[i] ?? 0) - value(i)) ** 2, 0);
      if (rss < best) best = rss;
    }
  return best;
}

/** Of the power form: below it, floor and tail say nothing. */
const SMALLEST_EXPONENT = 1e-3;

describe('a second optimiser', () => {
  it.each(['paper', 'signed', 'power'] as const)(
    '%s: finds no smaller objective, and the same one to 1e-6',
    (form) => {
      const random = seededRandom(11);
      for (const [shared, own] of [
        [0, 0.001],
        [0.01, 0.001],
        [0.01, 0.004],
      ] as const)
        for (const b of [-0.4, 0.7, 2]) {
          const C = covarianceOf(9, shared, own);
          const w = whitening(C, 9, 0);
          const y = Float64Array.from(NINE, (k) => 0.7 + 0.15 / (k + b) + own * random.normal());
          const z = new Float64Array(9);
          whiten(w, y, z, 9);
          const { rss } = new Fitter(FormGrid.of(form, NINE), w).fit(z);
          const other = secondOptimiser(form, z, w.inverse, NINE);
          expect(rss).toBeLessThanOrEqual(other * (1 + 1e-9));
          expect(other - rss).toBeLessThanOrEqual(1e-6 * rss);
        }
    },
  );
});
