import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curveError } from '../../core/selection/curve-error.ts';
import { type Measured, objectiveOf } from '../../core/selection/measured.ts';
import { methodDifferences } from '../../core/selection/method-difference.ts';
import { normalised, type Samples, samplesOf } from '../../core/selection/samples.ts';
import { subsetError } from '../../core/selection/subset-error.ts';

const POOL = 3;
const SUBSETS = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]];
const samples = samplesOf([
  { name: 'a', tokens: Float64Array.of(4, 6, 10) },
  { name: 'b', tokens: Float64Array.of(5, 5) },
]);
const weights = normalised([1, 3]);

function row(members: readonly number[], nll: readonly number[], draws = 1): Measured {
  return { members, draws, nll: Float32Array.from(nll), domains: domainsOf(nll, samples) };
}

function domainsOf(nll: readonly number[], { start, domainTokens }: Samples): Float64Array {
  return domainTokens.map(
    (tokens, d) => nll.slice(start[d], start[d + 1]).reduce((sum, value) => sum + value, 0) / tokens,
  );
}

const nlls = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 5, maxLength: 5 });
const method = fc
  .array(nlls, { minLength: SUBSETS.length, maxLength: SUBSETS.length })
  .map((rows) => rows.map((nll, i) => row(SUBSETS[i] ?? [], nll)));

describe('the difference of two methods', () => {
  it('is the mean difference over all subsets of a size, and turns its sign with the sides', () => {
    fc.assert(
      fc.property(method, method, (a, b) => {
        const ab = methodDifferences(a, b, POOL, samples);
        const ba = methodDifferences(b, a, POOL, samples);
        expect(ab.map(({ point }) => point.k)).toEqual([1, 2, 3]);
        for (const [at, { point, measured }] of ab.entries()) {
          const same = a.flatMap((each, i) =>
            each.members.length === point.k
              ? [objectiveOf(each, weights) - objectiveOf(b[i] as Measured, weights)]
              : [],
          );
          const mean = same.reduce((sum, value) => sum + value, 0) / same.length;
          expect(objectiveOf(point.losses, weights)).toBeCloseTo(mean, 9);
          expect(objectiveOf((ba[at] as (typeof ba)[number]).point.losses, weights)).toBeCloseTo(-mean, 9);
          expect(measured).toEqual([]);
        }
      }),
    );
  });

  it('has no error where one method is the other and a constant a token', () => {
    fc.assert(
      fc.property(method, fc.double({ min: -1, max: 1, noNaN: true }), (a, shift) => {
        const b = a.map(({ members, nll }) =>
          row(
            members,
            [...nll].map((value, s) => value - shift * (samples.tokens[s] ?? 0)),
          ),
        );
        for (const { point, measured } of methodDifferences(a, b, POOL, samples)) {
          const subsets = subsetError([point], measured, POOL, samples, weights, null);
          const { mean, covariance } = curveError([point], samples, weights, subsets);
          expect(mean[0]).toBeCloseTo(shift, 5);
          expect(covariance?.[0]).toBeLessThan(1e-10);
        }
      }),
    );
  });

  it('leaves out a subset that only one of them has merged', () => {
    const a = [row([0], [1, 1, 1, 1, 1]), row([1], [90, 90, 90, 90, 90])];
    const b = [row([0], [0, 0, 0, 0, 0]), row([2], [7, 7, 7, 7, 7])];
    const [only, ...others] = methodDifferences(a, b, POOL, samples);
    expect(others).toEqual([]);
    expect(only?.point).toMatchObject({ k: 1, exhaustive: false, draws: 1 });
    expect(only?.point.losses.domains[0]).toBeCloseTo(3 / 20, 6);
    expect(only?.measured.map(({ members }) => members)).toEqual([[0]]);
  });

  it('is nothing where they share no subset of the design', () => {
    expect(methodDifferences([row([0], [1, 1, 1, 1, 1])], [], POOL, samples)).toEqual([]);
    const undrawn = [row([0], [1, 1, 1, 1, 1], 0)];
    expect(methodDifferences(undrawn, undrawn, POOL, samples)).toEqual([]);
  });
});
