import { describe, expect, it } from 'vitest';
import type { Losses } from '../../core/selection/measured.ts';
import { type NeighbourInput, neighbours } from '../../core/selection/neighbours.ts';
import { resample } from '../../core/selection/resample.ts';
import { normalised } from '../../core/selection/samples.ts';
import { allSubsets, measure, randomTruth, samplesFor, scattered, type Truth } from './pool.ts';

function pooled(
  subsets: readonly (readonly number[])[],
  truth: Truth,
  options: { noise?: number; seed?: number; n?: number } = {},
): NeighbourInput {
  const samples = samplesFor(2, options.n ?? 25);
  const [base, ...measured] = measure(
    [[], ...subsets],
    samples,
    truth,
    options.noise ?? 0,
    scattered(options.seed ?? 1),
  );
  const resamples = resample(samples, 12345 + (options.seed ?? 0), 400);
  return { measured, base: base as Losses, pool: 5, samples, weights: normalised([1, 1]), resamples };
}

const indexOf = ({ measured }: NeighbourInput, members: readonly number[]) =>
  measured.findIndex((row) => row.members.join() === members.join());

describe('neighbours', () => {
  it('are the measured subsets with one expert less, and one more', () => {
    const truth = randomTruth(scattered(2));
    const input = pooled(
      allSubsets(5).filter((members) => members.join() !== '0,2'),
      truth,
    );
    const { drop, add } = neighbours(input, indexOf(input, [0, 2, 3]));
    const macro = (members: readonly number[]) => (truth(members, 0) + truth(members, 1)) / 2;
    const level = macro([0, 2, 3]);
    expect(drop.map(({ expert }) => expert)).toEqual([0, 2, 3]);
    expect(add.map(({ expert }) => expert)).toEqual([1, 4]);
    expect(drop[0]?.change?.value).toBeCloseTo(macro([2, 3]) - level, 10);
    expect(drop[1]?.change?.value).toBeCloseTo(macro([0, 3]) - level, 10);
    // The one that is not measured.
    expect(drop[2]?.change).toBeNull();
    expect(add[0]?.change?.value).toBeCloseTo(macro([0, 1, 2, 3]) - level, 10);
    expect(add[1]?.change?.value).toBeCloseTo(macro([0, 2, 3, 4]) - level, 10);
  });

  it('of a single expert: the base', () => {
    const input = pooled([[3], [3, 4]], (members) => 3 - members.length);
    const at = indexOf(input, [3]);
    expect(neighbours(input, at).drop).toEqual([
      {
        expert: 3,
        change: { value: expect.closeTo(1, 10), low: expect.closeTo(1, 6), high: expect.closeTo(1, 6) },
      },
    ]);
    expect(neighbours({ ...input, base: null }, at).drop).toEqual([{ expert: 3, change: null }]);
  });

  it('cover all changes of one list at once', () => {
    const truth: Truth = (members) => 3 - 0.1 * members.length - 0.05 * (members[0] ?? 0);
    let [drops, adds, alone] = [0, 0, 0];
    const repeats = 400;
    for (let seed = 0; seed < repeats; seed++) {
      const input = pooled(allSubsets(5), truth, { noise: 0.3, seed });
      const members = [1, 2, 4];
      const result = neighbours(input, indexOf(input, members));
      const covers = ({ expert, change }: (typeof result.drop)[0]) => {
        const other = members.includes(expert)
          ? members.filter((d) => d !== expert)
          : [...members, expert].sort((a, b) => a - b);
        const expected = truth(other, 0) - truth(members, 0);
        return (change?.low ?? Number.NaN) <= expected && expected <= (change?.high ?? Number.NaN);
      };
      if (result.drop.every(covers)) drops += 1;
      if (result.add.every(covers)) adds += 1;
      if (result.drop.slice(0, 1).every(covers)) alone += 1;
    }
    for (const share of [drops / repeats, adds / repeats]) {
      expect(share).toBeGreaterThan(0.92);
      expect(share).toBeLessThan(0.98);
    }
    // Each by itself is covered more often than all of them together.
    expect(alone).toBeGreaterThan(drops);
  });

  it('has no intervals at the points stage, or where a domain has one sample', () => {
    const points = pooled(allSubsets(5), randomTruth(scattered(5)), { noise: 0.1 });
    expect(neighbours({ ...points, resamples: null }, 7).add[0]?.change).toMatchObject({
      low: null,
      high: null,
    });
    const single = pooled(allSubsets(5), randomTruth(scattered(5)), { noise: 0.1, n: 1 });
    expect(neighbours(single, 7).add[0]?.change).toMatchObject({ low: null, high: null });
  });
});
