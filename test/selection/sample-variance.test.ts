import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../core/law/random.ts';
import { curveError, halfWidth } from '../../core/selection/curve-error.ts';
import { influence, type Losses, objectiveOf } from '../../core/selection/measured.ts';
import { pairedVariance, sampleVariance } from '../../core/selection/sample-variance.ts';
import { normalised, type Samples, samplesOf } from '../../core/selection/samples.ts';

const EVEN = normalised([1, 1]);

function samplesOfSizes(...sizes: readonly number[]): Samples {
  return samplesOf(
    sizes.map((n, d) => ({ name: `d${d}`, tokens: Float64Array.from({ length: n }, () => 20) })),
  );
}

/** Two models with losses 2 and 1.95 nats, on the same random samples. */
function pair(samples: Samples, random: Random): [Losses, Losses] {
  const own = samples.tokens.map(() => 2 + 0.5 * random.normal());
  const model = (shift: number): Losses => {
    const nll = own.map((loss) => 20 * (loss + shift + 0.1 * random.normal()));
    const domains = samples.domainTokens.map(
      (tokens, d) =>
        nll.subarray(samples.start[d], samples.start[d + 1]).reduce((sum, value) => sum + value, 0) / tokens,
    );
    return { nll, domains };
  };
  return [model(0), model(-0.05)];
}

/** Shares of 2,000 repetitions in which the 95% intervals of a loss, and of a difference, hold the truth. */
function coverage(samples: Samples): { level: number; difference: number } {
  const runs = 2000;
  const random = seededRandom(1);
  let [level, difference] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const [a, b] = pair(samples, random);
    const [ia, ib] = [influence(a, samples, EVEN), influence(b, samples, EVEN)];
    const own = sampleVariance([ia], samples);
    const paired = pairedVariance(ia, ib, samples);
    const [of, to] = [objectiveOf(a, EVEN), objectiveOf(b, EVEN)];
    level += Number(Math.abs(of - 2) <= halfWidth(own.variance, own.freedom));
    difference += Number(Math.abs(to - of + 0.05) <= halfWidth(paired.variance, paired.freedom));
  }
  return { level: level / runs, difference: difference / runs };
}

describe('the error from evaluation samples', () => {
  it('is known by n − 1 degrees of freedom of each domain, fewer where lengths differ', () => {
    expect([...samplesOfSizes(40, 1, 3).freedom]).toEqual([39, 0, 2]);
    const freedom = (...tokens: number[]) =>
      samplesOf([{ name: 'd', tokens: Float64Array.from(tokens) }]).freedom[0];
    expect(freedom(10, 10, 10, 20)).toBeCloseTo(700 ** 2 / 190_000 - 1, 12);
    expect(freedom(1, 1, 5000)).toBe(1);
  });

  it('is known as little as the domain that makes most of it', () => {
    const samples = samplesOfSizes(3, 500);
    const [a, b] = pair(samples, seededRandom(1)).map((row) => influence(row, samples, EVEN));
    if (!a || !b) throw new Error('two models');
    const { variance, freedom } = sampleVariance([a], samples);
    expect(variance).toBeCloseTo(
      a.reduce((sum, value) => sum + value ** 2, 0),
      15,
    );
    expect(freedom).toBeGreaterThanOrEqual(2);
    expect(freedom).toBeLessThan(2.5);
    expect(pairedVariance(a, b, samples).freedom).toBeLessThan(2.5);
    const alone = sampleVariance(
      [influence(pair(samples, seededRandom(1))[0], samples, normalised([0, 1]))],
      samples,
    );
    expect(alone.freedom).toBeCloseTo(499, 9);
  });

  it('covers the truth in 95% of repetitions, however few the samples of one domain', () => {
    // Of 2,000, 3.3 standard deviations are 1.6%. With n − 1 summed over domains 3 and 500 covered 82%.
    for (const sizes of [
      [40, 40],
      [3, 500],
    ]) {
      const { level, difference } = coverage(samplesOfSizes(...sizes));
      for (const share of [level, difference]) {
        expect(share).toBeGreaterThan(0.934);
        expect(share).toBeLessThan(0.966);
      }
    }
  });

  it('of a curve is known by what is known least: its levels, or the differences of its points', () => {
    const samples = samplesOfSizes(3, 500);
    const [row] = pair(samples, seededRandom(1));
    // The second point differs from the first on the small domain alone.
    const moved = row.nll.map((value, s) => (s < 3 ? value + 0.01 * (s - 1) : value));
    const entry = { k: 1, entries: [], terms: null, of: 1, exhaustive: true, draws: 1 };
    const points = [row, { ...row, nll: moved }].map((losses, i) => ({ ...entry, k: i + 1, losses }));
    const exact = { clusters: [], freedom: Float64Array.of(Infinity, Infinity) };
    // The large domain has nearly all the weight, and makes nearly all of the levels' errors.
    const error = curveError(points, samples, normalised([1, 1e6]), exact);
    expect(error.freedom[0]).toBeGreaterThan(400);
    expect(error.jointFreedom).toBeCloseTo(2, 9);
  });
});
