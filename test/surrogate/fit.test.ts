import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/law/random.ts';
import { basisRow, basisSize } from '../../core/surrogate/basis.ts';
import { fitSurrogate } from '../../core/surrogate/fit.ts';
import { fitProcess } from '../../core/surrogate/fit-process.ts';
import { nameOf, type SurrogateMerge, weightsOf } from '../../core/surrogate/merge.ts';
import { gradientAt, lossAt, meanLoss, subsetLoss } from '../../core/surrogate/model.ts';
import { fitPolynomial } from '../../core/surrogate/polynomial.ts';
import type { GaussianProcess } from '../../core/surrogate/process.ts';
import { fitted, SurrogateWorld } from './world.ts';

/** Losses that are exactly of the basis. */
function polynomialWorld(
  merges: readonly SurrogateMerge[],
  pool: number,
  base: number | null,
): SurrogateMerge[] {
  const random = seededRandom(3);
  const coefficients = Float64Array.from({ length: basisSize(pool, base !== null) }, () => random.normal());
  return merges.map((merge) => {
    const { at, value } = basisRow(merge, pool, base !== null);
    return {
      ...merge,
      loss: at.reduce((sum, j, i) => sum + (value[i] ?? 0) * (coefficients[j] ?? 0), base ?? 0),
    };
  });
}

/** Universal kriging by one block system, with the hyperparameters of `model`. */
function kriged(merges: readonly SurrogateMerge[], at: SurrogateMerge, model: GaussianProcess): number {
  const { pool, lengthScale, nugget } = model;
  const points = [...merges, at].map((merge) => weightsOf(merge, pool));
  const kernel = (a: Float64Array, b: Float64Array) =>
    Math.exp(-a.reduce((sum, x, i) => sum + (x - (b[i] ?? 0)) ** 2, 0) / (2 * lengthScale ** 2));
  const trend = (a: Float64Array) => [...a, a.reduce((sum, x) => sum + x * x, 0)];
  const n = merges.length;
  const system = Matrix.zeros(n + pool + 1, n + pool + 1);
  const right = new Array<number>(n + pool + 1).fill(0);
  for (const [i, a] of points.slice(0, n).entries()) {
    for (const [j, b] of points.slice(0, n).entries())
      system.set(i, j, kernel(a, b) + (i === j ? nugget : 0));
    for (const [c, x] of trend(a).entries()) {
      system.set(i, n + c, x);
      system.set(n + c, i, x);
    }
    right[i] = merges[i]?.loss ?? Number.NaN;
  }
  const solution = solve(system, Matrix.columnVector(right)).getColumn(0);
  const point = points[n] as Float64Array;
  const row = [...points.slice(0, n).map((a) => kernel(a, point)), ...trend(point)];
  return row.reduce((sum, x, i) => sum + x * (solution[i] ?? 0), 0);
}

const lossesOf = (merges: readonly SurrogateMerge[]) =>
  new Map(merges.map(({ members, step, loss }) => [`${members.join()}/${step}`, loss]));

describe('the polynomial', () => {
  it('has M(M+1)/2 + M coefficients: 54 for nine experts, 152 for sixteen', () => {
    expect(basisSize(9, false)).toBe(54);
    expect(basisSize(16, false)).toBe(152);
    expect(basisSize(9, true)).toBe(63);
  });

  it('finds a polynomial again, and foretells every subset that it did not see', () => {
    const world = new SurrogateWorld(8, 1);
    const all = polynomialWorld(world.all(), 8, null);
    const truth = lossesOf(all);
    const drawn = world.sample(90, seededRandom(2)).map(({ members, step }) => ({
      members,
      step,
      loss: truth.get(`${members.join()}/${step}`) ?? Number.NaN,
    }));
    const { model, agreement } = fitted(drawn, 8);
    expect(model.kind).toBe('polynomial');
    expect(agreement.r2).toBeCloseTo(1, 9);
    for (const { members, step, loss } of all) expect(subsetLoss(model, members, step)).toBeCloseTo(loss, 7);
  });

  it('stands on the base where lengths vary', () => {
    const world = new SurrogateWorld(6, 1);
    const lengths = world
      .all()
      .flatMap(({ members }) => [0.25, 0.5, 1].map((step) => world.merge(members, step)));
    const all = polynomialWorld(lengths, 6, 1.7);
    const { model } = fitted(all.slice(0, 150), 6, 1.7);
    expect(model.kind).toBe('polynomial');
    expect(lossAt(model, new Float64Array(6))).toBe(1.7);
    for (const { members, step, loss } of all) expect(subsetLoss(model, members, step)).toBeCloseTo(loss, 7);
  });

  it('gives no coefficients that the merges leave open', () => {
    const world = new SurrogateWorld(9, 1);
    // Of singles and pairs, α_i² and α_i³ cannot be told apart in every direction.
    expect(fitPolynomial([...world.ofSize(1), ...world.ofSize(2), ...world.ofSize(9)], 9, null)).toBeNull();
    const withoutLast = world.all().filter(({ members }) => !members.includes(8));
    expect(fitPolynomial(withoutLast, 9, null)).toBeNull();
  });
});

describe.each([
  { name: 'polynomial', fitOne: fitPolynomial, pool: 7, count: 80 },
  { name: 'Gaussian process', fitOne: fitProcess, pool: 7, count: 50 },
])('$name', ({ fitOne, pool, count }) => {
  const world = new SurrogateWorld(pool, 5);
  const merges = world.sample(count, seededRandom(4));
  const whole = fitOne(merges, pool, null);
  if (!whole) throw new Error('not fitted');

  it('knows what it would foretell without each merge', () => {
    for (const at of [8, 10, 20, 30, count - 1]) {
      const merge = merges[at] as SurrogateMerge;
      const without = merges.filter((each) => each !== merge);
      const model = fitOne === fitPolynomial ? fitPolynomial(without, pool, null)?.model : null;
      const foretold = model
        ? subsetLoss(model, merge.members, merge.step)
        : kriged(without, merge, whole.model as GaussianProcess);
      expect(whole.leftOut[at]).toBeCloseTo(merge.loss - foretold, 7);
    }
  });

  it('has the mean over all subsets of a size in closed form', () => {
    for (let k = 1; k <= pool; k++) {
      const subsets = world.ofSize(k);
      const sum = subsets.reduce(
        (total, { members, step }) => total + subsetLoss(whole.model, members, step),
        0,
      );
      expect(meanLoss(whole.model, k, 1 / k)).toBeCloseTo(sum / subsets.length, 9);
    }
  });

  it('has its own gradient', () => {
    const random = seededRandom(8);
    const alpha = Float64Array.from({ length: pool }, () => random.uniform() / pool);
    const gradient = gradientAt(whole.model, alpha);
    for (let i = 0; i < pool; i++) {
      const shifted = (by: number) => lossAt(whole.model, alpha.with(i, (alpha[i] ?? 0) + by));
      expect(gradient[i]).toBeCloseTo((shifted(1e-5) - shifted(-1e-5)) / 2e-5, 6);
    }
  });
});

describe('the surrogate', () => {
  it('is a Gaussian process below 1.5 merges a coefficient and above twelve experts', () => {
    const kindOf = (pool: number, count: number) =>
      fitted(new SurrogateWorld(pool, 1).sample(count, seededRandom(1)), pool).model.kind;
    expect(kindOf(9, 80)).toBe('process');
    expect(kindOf(9, 81)).toBe('polynomial');
    expect(kindOf(13, 160)).toBe('process');
  });

  it('has for every merge that was drawn one replicate that did not see it, also where not all are used', () => {
    const pool = 34;
    const random = seededRandom(5);
    const drawn = (k: number) =>
      Array.from({ length: pool }, (_, i) => ({ i, rank: random.uniform() }))
        .sort((a, b) => a.rank - b.rank)
        .slice(0, k)
        .map(({ i }) => i)
        .sort((a, b) => a - b);
    const wide = new SurrogateWorld(pool, 3, { spread: 0.1 });
    const sampled = Array.from({ length: 790 }, (_, i) => wide.merge(drawn(2 + (i % 31))));
    const surrogate = fitted([...wide.ofSize(1), ...wide.ofSize(pool), ...sampled], pool);
    expect(surrogate.model.kind).toBe('process');
    expect(surrogate.merges).toBeLessThan(500);
    const unseen = surrogate.replicates.flatMap(({ without }) => without).sort();
    expect(unseen).toEqual(sampled.map(nameOf).sort());
  });

  it('does not depend on the order in which merges arrive', () => {
    const merges = new SurrogateWorld(7, 2).sample(70, seededRandom(1));
    expect(fitted([...merges].reverse(), 7)).toEqual(fitted(merges, 7));
  });

  it('is plain data', () => {
    const surrogate = fitted(new SurrogateWorld(7, 2).sample(40, seededRandom(1)), 7);
    expect(structuredClone(surrogate)).toEqual(surrogate);
  });

  it('foretells nothing where merges do not follow from the others', () => {
    const rough = new SurrogateWorld(8, 1, { rough: 0.2 });
    const refused = fitSurrogate(rough.sample(120, seededRandom(1)), 8, null, 1);
    expect(refused).toMatchObject({ kind: 'refused', problem: { code: 'predicts_poorly' } });
    expect(refused.agreement?.r2).toBeLessThan(0.9);
  });

  it('says what is missing', () => {
    const world = new SurrogateWorld(6, 1);
    const code = (merges: readonly SurrogateMerge[], base: number | null = null) => {
      const result = fitSurrogate(merges, 6, base, 1);
      return result.kind === 'refused' ? result.problem.code : result.kind;
    };
    expect(code(world.all().slice(0, 20))).toBe('too_few_merges');
    expect(code([])).toBe('too_few_merges');
    expect(code(world.all().map((merge, i) => (i === 9 ? { ...merge, loss: Number.NaN } : merge)))).toBe(
      'loss_not_finite',
    );
    expect(code(world.all().map(({ members }) => world.merge(members, 1)))).toBe('base_not_measured');
    const same = Array.from({ length: 40 }, () => world.merge([0, 1]));
    expect(code(same)).toBe('merges_alike');
  });
});
