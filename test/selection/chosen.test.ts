import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/law/random.ts';
import { chooseBest, crossFittedLoss } from '../../core/selection/chosen.ts';
import {
  FOLDS,
  type Foldings,
  foldingsOf,
  foldsIn,
  foldsOf,
  onlyFolding,
} from '../../core/selection/folds.ts';
import type { Measured } from '../../core/selection/measured.ts';
import { OutsideFolds } from '../../core/selection/outside-folds.ts';
import { resample } from '../../core/selection/resample.ts';
import { normalised, type Samples, samplesOf } from '../../core/selection/samples.ts';
import { tiedWithBest } from '../../core/selection/tied.ts';

const SAMPLES = samplesOf(
  [40, 25].map((n, d) => ({
    name: `d${d}`,
    tokens: Float64Array.from({ length: n }, (_, s) => 3 + (s % 7)),
  })),
);
const WEIGHTS = normalised([1, 1]);
const macro = (row: { domains: Float64Array }) => ((row.domains[0] ?? 0) + (row.domains[1] ?? 0)) / 2;

/** Models with these true losses, and noise of each sample for each model. */
function models(
  truth: readonly number[],
  seed: number,
  noise: number,
  samples: Samples = SAMPLES,
): Measured[] {
  const random = seededRandom(seed);
  const shared = Float64Array.from(samples.tokens, () => random.normal());
  return truth.map((loss, i) => {
    const nll = Float64Array.from(
      samples.tokens,
      (t, s) => t * (loss + 0.5 * (shared[s] ?? 0) + noise * random.normal()),
    );
    const domains = Float64Array.from(samples.domains, (_, d) => {
      const part = nll.slice(samples.start[d], samples.start[d + 1]);
      return part.reduce((sum, value) => sum + value, 0) / (samples.domainTokens[d] ?? 1);
    });
    return { members: [i], draws: 1, nll, domains };
  });
}

const indices = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('chooseBest', () => {
  it('takes the best on all samples', () => {
    const measured = models([1.2, 0.9, 1.5], 1, 0.01);
    expect(chooseBest([0, 1, 2], measured, SAMPLES, WEIGHTS, onlyFolding(foldsOf(SAMPLES, 0)))?.best).toBe(1);
    expect(chooseBest([], measured, SAMPLES, WEIGHTS, onlyFolding(foldsOf(SAMPLES, 0)))).toBeNull();
  });

  it('cross-fits: among equal models the naive minimum is optimistic, the cross-fitted loss is not', () => {
    let naive = 0;
    let crossFitted = 0;
    let plain = 0;
    const repeats = 150;
    for (let seed = 0; seed < repeats; seed++) {
      const measured = models(new Array(60).fill(1), seed, 0.4);
      const choice = chooseBest(indices(60), measured, SAMPLES, WEIGHTS, onlyFolding(foldsOf(SAMPLES, seed)));
      const best = measured[choice?.best ?? -1];
      naive += best ? macro(best) / repeats : Number.NaN;
      crossFitted += choice ? macro(choice.crossFitted) / repeats : Number.NaN;
      plain += measured.reduce((sum, row) => sum + macro(row), 0) / 60 / repeats;
    }
    expect(naive - plain).toBeLessThan(-0.08);
    expect(Math.abs(crossFitted - plain)).toBeLessThan(0.012);
  });

  it('moves less by chance with several foldings, about the same mean', () => {
    const measured = models(
      Array.from({ length: 60 }, (_, i) => 1 + 0.002 * i),
      5,
      0.4,
    );
    const spread = (foldings: (seed: number) => Foldings) => {
      const losses = Array.from({ length: 40 }, (_, i) => {
        const choice = chooseBest(indices(60), measured, SAMPLES, WEIGHTS, foldings(7919 * i));
        return choice ? macro(choice.crossFitted) : Number.NaN;
      });
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      return { mean, sd: Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / 39) };
    };
    const one = spread((seed) => onlyFolding(foldsOf(SAMPLES, seed)));
    const several = spread((seed) => foldingsOf(SAMPLES, seed));
    expect(one.sd).toBeGreaterThan(0.01);
    expect(several.sd).toBeLessThan(0.65 * one.sd);
    expect(Math.abs(several.mean - one.mean)).toBeLessThan(0.5 * one.sd);
    expect(foldsIn(foldingsOf(SAMPLES, 3), 0)).toEqual(foldsOf(SAMPLES, 3));
  });

  it('scores each sample by a choice made without it', () => {
    const measured = models([1, 1, 1, 1], 4, 0.5);
    const folds = foldsOf(SAMPLES, 9);
    const choice = chooseBest(indices(4), measured, SAMPLES, WEIGHTS, onlyFolding(folds));
    for (let fold = 0; fold < FOLDS; fold++) {
      const outside = measured.map((row) => {
        const total = [0, 0];
        const tokens = [0, 0];
        for (let s = 0; s < SAMPLES.tokens.length; s++) {
          if (folds[s] === fold) continue;
          const d = s < (SAMPLES.start[1] ?? 0) ? 0 : 1;
          total[d] = (total[d] ?? 0) + (row.nll[s] ?? 0);
          tokens[d] = (tokens[d] ?? 0) + (SAMPLES.tokens[s] ?? 0);
        }
        return (total[0] ?? 0) / (tokens[0] ?? 1) / 2 + (total[1] ?? 0) / (tokens[1] ?? 1) / 2;
      });
      const winner = measured[outside.indexOf(Math.min(...outside))];
      for (let s = 0; s < SAMPLES.tokens.length; s++)
        if (folds[s] === fold) expect(choice?.crossFitted.nll[s]).toBe(winner?.nll[s]);
    }
  });

  it('is worth the same as a number only', () => {
    const measured = models([1, 1, 1, 1.01], 4, 0.5);
    const foldings = foldingsOf(SAMPLES, 9);
    for (const weights of [WEIGHTS, normalised([0, 1]), normalised([3, 1])]) {
      const choice = chooseBest(indices(4), measured, SAMPLES, weights, foldings);
      const loss = weights.reduce((sum, w, d) => sum + w * (choice?.crossFitted.domains[d] ?? 0), 0);
      expect(choice?.crossFitted).not.toBe(measured[choice?.best ?? 0]);
      expect(crossFittedLoss(indices(4), measured, SAMPLES, weights, foldings)).toBeCloseTo(loss, 12);
    }
  });

  it('spreads every domain over the folds, and every fold over the domains', () => {
    const folds = foldsOf(SAMPLES, 3);
    const counts = new Array<number>(FOLDS).fill(0);
    for (const fold of folds) counts[fold] = (counts[fold] ?? 0) + 1;
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(foldsOf(SAMPLES, 3)).toEqual(folds);
    expect(foldsOf(SAMPLES, 4)).not.toEqual(folds);
  });

  it('works with domains of a single sample', () => {
    const tiny = samplesOf([1, 2].map((n, d) => ({ name: `d${d}`, tokens: new Float64Array(n).fill(5) })));
    const measured = models([1, 2, 3], 2, 0.01, tiny);
    const choice = chooseBest(indices(3), measured, tiny, WEIGHTS, onlyFolding(foldsOf(tiny, 1)));
    expect(choice?.best).toBe(0);
    expect(choice ? macro(choice.crossFitted) : Number.NaN).toBeCloseTo(
      measured[0] ? macro(measured[0]) : 0,
      6,
    );
  });
});

describe('a fold that holds every sample that counts', () => {
  const one = samplesOf([1, 30].map((n, d) => ({ name: `d${d}`, tokens: new Float64Array(n).fill(5) })));
  const first = normalised([1, 0]);
  const measured = models([3, 2, 1, 4], 2, 0.01, one);
  const folds = foldsOf(one, 1);

  it('leaves the choice to all samples, for whoever chooses by fold', () => {
    const choice = chooseBest(indices(4), measured, one, first, onlyFolding(folds));
    expect(choice?.best).toBe(2);
    expect(choice?.crossFitted.domains[0]).toBe(measured[2]?.domains[0]);
    const outside = OutsideFolds.of(one, first, onlyFolding(folds));
    for (const row of measured)
      for (const loss of outside.of(row)) expect(loss).toBeCloseTo(row.domains[0] ?? Number.NaN, 12);
  });

  it('has no say where others remain', () => {
    const outside = OutsideFolds.of(one, WEIGHTS, onlyFolding(folds));
    const [row] = measured;
    if (!row) throw new Error('a model');
    const withFirst = folds[0] ?? -1;
    expect(outside.of(row)[withFirst]).toBeLessThan(0.6 * (row.domains[1] ?? 0));
  });
});

describe('tiedWithBest', () => {
  const truth = [1, 1.01, 1.02, 1.05, 1.1, 1.3, 1.6];

  it('holds the true best in at least 95% of repetitions, and lets the clearly worse go', () => {
    let held = 0;
    let far = 0;
    const repeats = 200;
    for (let seed = 0; seed < repeats; seed++) {
      const measured = models(truth, 1000 + seed, 0.3);
      const resamples = resample(SAMPLES, seed, 400);
      const best =
        chooseBest(indices(7), measured, SAMPLES, WEIGHTS, onlyFolding(foldsOf(SAMPLES, 0)))?.best ?? -1;
      const tied = tiedWithBest(best, indices(7), measured, SAMPLES, WEIGHTS, resamples);
      expect(tied).toContain(best);
      if (tied.includes(0)) held += 1;
      if (tied.includes(6)) far += 1;
    }
    // Binomial standard error 0.015 at 95%.
    expect(held / repeats).toBeGreaterThan(0.92);
    expect(far).toBe(0);
  });

  it('keeps exact copies of the best', () => {
    const [first] = models([1], 3, 0.3);
    const measured = first ? [first, { ...first, members: [1] }] : [];
    expect(tiedWithBest(0, [0, 1], measured, SAMPLES, WEIGHTS, resample(SAMPLES, 0, 100))).toEqual([0, 1]);
  });

  it('is one alone where there is nothing to compare', () => {
    expect(tiedWithBest(0, [0], models([1], 3, 0.3), SAMPLES, WEIGHTS, resample(SAMPLES, 0, 100))).toEqual([
      0,
    ]);
  });
});

describe('normalised', () => {
  it('keeps the shares of weights at both ends of the range of numbers', () => {
    expect([...normalised([1.7e308, 1.7e308, 0])]).toEqual([0.5, 0.5, 0]);
    expect([...normalised([5e-324, 5e-324])]).toEqual([0.5, 0.5]);
    expect([...normalised([2, 1, 1])]).toEqual([0.5, 0.25, 0.25]);
    expect([...normalised([0, 0])]).toEqual([0.5, 0.5]);
  });
});
