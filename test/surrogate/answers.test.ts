import { describe, expect, it } from 'vitest';
import type { Members } from '../../core/design/subsets.ts';
import { seededRandom } from '../../core/law/random.ts';
import { cubeAt, productAt } from '../../core/surrogate/basis.ts';
import { bestWeights } from '../../core/surrogate/best-weights.ts';
import { convexOver } from '../../core/surrogate/convexity.ts';
import { predictedCurve } from '../../core/surrogate/curve.ts';
import { nameOf } from '../../core/surrogate/merge.ts';
import { lossAt } from '../../core/surrogate/model.ts';
import type { Polynomial } from '../../core/surrogate/polynomial.ts';
import { proposeSubsets, verifiedSubset } from '../../core/surrogate/propose.ts';
import { allows, bestSubsets } from '../../core/surrogate/search.ts';
import { descend, project } from '../../core/surrogate/simplex.ts';
import { fitted, SurrogateWorld } from './world.ts';

const FREE = { mustInclude: [], mustExclude: [], atMost: null };
const step = (k: number) => 1 / k;
const sizes = (pool: number) => Array.from({ length: pool }, (_, i) => i + 1);
const sum = (values: Iterable<number>) => [...values].reduce((total, x) => total + x, 0);

describe('the predicted curve', () => {
  const world = new SurrogateWorld(7, 3, { spread: 0.5 });

  it('is the mean of measured losses, without error, where every subset is measured', () => {
    const all = world.all();
    for (const { k, value, se, measured, of } of predictedCurve(fitted(all, 7), all, sizes(7), step)) {
      expect(value).toBeCloseTo(world.mean(k), 12);
      expect(se).toBe(0);
      expect(measured).toBe(of);
    }
  });

  it('is much nearer than plain means of the same merges', () => {
    const errors = { surrogate: 0, plain: 0 };
    for (let seed = 0; seed < 10; seed++) {
      const merges = world.sample(60, seededRandom(seed));
      for (const { k, value, measured, of } of predictedCurve(fitted(merges, 7), merges, sizes(7), step)) {
        if (measured === of) continue;
        const own = merges.filter(({ members }) => members.length === k).map(({ loss }) => loss);
        errors.surrogate += (value - world.mean(k)) ** 2;
        errors.plain += (sum(own) / own.length - world.mean(k)) ** 2;
      }
    }
    expect(Math.sqrt(errors.surrogate)).toBeLessThan(0.2 * Math.sqrt(errors.plain));
  });
});

describe('the search for subsets', () => {
  const random = seededRandom(5);
  const worth = Array.from({ length: 30 }, () => random.normal());
  const pairs = Array.from({ length: 30 * 30 }, () => 0.3 * random.normal());
  const loss = (members: Members) =>
    sum(
      members.map((i) => (worth[i] ?? 0) + sum(members.map((j) => (i < j ? (pairs[30 * i + j] ?? 0) : 0)))),
    );

  it('finds the best five in order, within the constraints', () => {
    const constraints = { mustInclude: [2], mustExclude: [5], atMost: 4 };
    const all = new SurrogateWorld(9, 1).all().map(({ members }) => members);
    const expected = all
      .filter((members) => members.length === 4 && members.includes(2) && !members.includes(5))
      .sort((a, b) => loss(a) - loss(b))
      .slice(0, 5);
    expect(bestSubsets(9, 4, loss, constraints, 5, () => true, 1).map(({ members }) => members)).toEqual(
      expected,
    );
    for (const members of all)
      expect(allows(constraints, members)).toBe(
        members.length <= 4 && members.includes(2) && !members.includes(5),
      );
  });

  it('passes over what is not wanted, and finds nothing where nothing is allowed', () => {
    const [best] = bestSubsets(9, 3, loss, FREE, 1, () => true, 1);
    const [second] = bestSubsets(9, 3, loss, FREE, 1, (m) => m.join() !== best?.members.join(), 1);
    expect(second?.loss).toBeGreaterThan(best?.loss ?? Number.NaN);
    const none = (constraints: Partial<typeof FREE>, k: number) =>
      bestSubsets(9, k, loss, { ...FREE, ...constraints } as typeof FREE, 5, () => true, 1);
    expect(none({ atMost: 2 as never }, 3)).toEqual([]);
    expect(none({ mustInclude: [1, 2, 3, 4] as never }, 3)).toEqual([]);
    expect(none({ mustInclude: [1] as never, mustExclude: [1] as never }, 3)).toEqual([]);
    expect(bestSubsets(9, 2, loss, { ...FREE, mustInclude: [3, 7] }, 5, () => true, 1)).toHaveLength(1);
  });

  it('comes by exchanges to what enumeration finds', () => {
    // 30 experts, 142,506 subsets of five: too many to be enumerated by it, few enough here.
    let best = Number.POSITIVE_INFINITY;
    const members = [0, 0, 0, 0, 0];
    const visit = (at: number, from: number): void => {
      if (at === 5) best = Math.min(best, loss(members));
      else
        for (let i = from; i < 30; i++) {
          members[at] = i;
          visit(at + 1, i + 1);
        }
    };
    visit(0, 0);
    const found = bestSubsets(30, 5, loss, FREE, 5, () => true, 1);
    expect(found).toHaveLength(5);
    expect(found[0]?.loss).toBeCloseTo(best, 12);
    expect(found.every((each) => each.members.length === 5)).toBe(true);
  });
});

describe('a proposal', () => {
  it('leaves little regret once its five are measured', () => {
    let regret = 0;
    for (let seed = 0; seed < 8; seed++) {
      const world = new SurrogateWorld(8, seed, { spread: 0.5 });
      const measured = world.sample(90, seededRandom(seed));
      const proposal = proposeSubsets(fitted(measured, 8), measured, [4], step, FREE, seed);
      expect(proposal.purpose).toBe('verify');
      expect(proposal.subsets).toHaveLength(5);
      const known = new Set(measured.map(nameOf));
      for (const { members } of proposal.subsets)
        expect(known.has(nameOf({ members, step: 0.25 }))).toBe(false);

      const before = verifiedSubset(proposal, measured, [4], step, FREE);
      expect(before.pending).toHaveLength(5);
      const after = [...measured, ...proposal.subsets.map(({ members }) => world.merge(members))];
      const { recommended, pending, foretold } = verifiedSubset(proposal, after, [4], step, FREE);
      expect(pending).toEqual([]);
      expect(foretold).toHaveLength(5);
      const best = Math.min(...world.ofSize(4).map(({ loss }) => loss));
      regret = Math.max(regret, (recommended?.loss ?? Number.NaN) - best);
    }
    expect(regret).toBeLessThan(1e-3);
  });

  it('recommends by what was measured, not by what was foretold', () => {
    const world = new SurrogateWorld(7, 1);
    const measured = world.sample(60, seededRandom(1));
    const proposal = proposeSubsets(fitted(measured, 7), measured, [3], step, FREE, 1);
    const bad = proposal.subsets.map(({ members }) => ({ members, step: 1 / 3, loss: 99 }));
    const { recommended } = verifiedSubset(proposal, [...measured, ...bad], [3], step, FREE);
    const own = measured.filter(({ members }) => members.length === 3);
    expect(recommended?.loss).toBe(Math.min(...own.map(({ loss }) => loss)));
  });
});

describe('projection', () => {
  it('is the nearest point of the region', () => {
    const random = seededRandom(2);
    const free = new Set([0, 1, 3]);
    const lengths = { from: 0.5, to: 1 };
    for (let trial = 0; trial < 50; trial++) {
      const point = Float64Array.from({ length: 4 }, () => random.normal());
      const nearest = project(point, free, lengths);
      const away = (alpha: Float64Array) => sum(alpha.map((a, i) => (a - (point[i] ?? 0)) ** 2));
      const length = sum(nearest);
      expect(length).toBeGreaterThan(0.5 - 1e-12);
      expect(length).toBeLessThan(1 + 1e-12);
      expect(nearest[2]).toBe(0);
      for (let other = 0; other < 50; other++) {
        const raw = Float64Array.from({ length: 4 }, (_, i) => (free.has(i) ? random.uniform() : 0));
        const target = 0.5 + 0.5 * random.uniform();
        const scale = target / sum(raw);
        const excess = away(nearest) - away(raw.map((a) => a * scale).map((a, i) => (i === 2 ? 0 : a)));
        // Distance to one's own excluded coordinate is the same for all.
        expect(excess).toBeLessThan(1e-12);
      }
    }
  });

  it('leads to the minimum of a quadratic with a known solution', () => {
    // min Σ h_i·α_i² on the simplex: α_i ∝ 1/h_i.
    const h = [1, 2, 4];
    const f = {
      value: (alpha: Float64Array) => sum(alpha.map((a, i) => (h[i] ?? 0) * a * a)),
      gradient: (alpha: Float64Array) => alpha.map((a, i) => 2 * (h[i] ?? 0) * a),
    };
    const { alpha } = descend(f, new Float64Array([1, 0, 0]), new Set([0, 1, 2]), { from: 1, to: 1 });
    for (const [i, expected] of [4 / 7, 2 / 7, 1 / 7].entries()) expect(alpha[i]).toBeCloseTo(expected, 5);
  });
});

describe('best weights', () => {
  it('are found to be convex exactly where they are', () => {
    const model: Polynomial = {
      kind: 'polynomial',
      pool: 3,
      varying: false,
      base: 0,
      coefficients: new Float64Array(9),
    };
    const free = new Set([0, 1, 2]);
    for (let i = 0; i < 3; i++) model.coefficients[productAt(3, i, i)] = 1;
    expect(convexOver(model, free, { from: 1, to: 1 })).toBe(true);
    // Curvature at the corner towards both others alike: 2 + 6r + 1, negative from r = −1/2 on.
    model.coefficients[cubeAt(3, 0)] = -0.49;
    expect(convexOver(model, free, { from: 1, to: 1 })).toBe(true);
    model.coefficients[cubeAt(3, 0)] = -0.51;
    expect(convexOver(model, free, { from: 1, to: 1 })).toBe(false);
  });

  it('beat every subset, and what they are predicted to gain is what they gain', () => {
    for (let seed = 0; seed < 5; seed++) {
      const world = new SurrogateWorld(8, seed, { spread: 0.5 });
      const measured = world.sample(140, seededRandom(seed));
      const best = bestWeights(fitted(measured, 8), measured, []);
      if (!best) throw new Error('no weights');
      expect(sum(best.weights)).toBeCloseTo(1, 9);
      expect(Math.min(...best.weights)).toBeGreaterThanOrEqual(0);
      const truth = world.lossAt(best.weights);
      expect(truth).toBeLessThan(Math.min(...world.all().map(({ loss }) => loss)));
      const gained = Math.min(...measured.map(({ loss }) => loss)) - truth;
      expect(gained).toBeGreaterThan(best.gain.interval[0]);
      expect(gained).toBeLessThan(best.gain.interval[1]);
    }
  });

  it('are a minimum: no exchange between two experts lowers the predicted loss', () => {
    const world = new SurrogateWorld(7, 4, { spread: 0.5 });
    const measured = world.sample(80, seededRandom(1));
    const surrogate = fitted(measured, 7);
    const best = bestWeights(surrogate, measured, [6]);
    if (!best) throw new Error('no weights');
    expect(best.weights[6]).toBe(0);
    for (let i = 0; i < 6; i++)
      for (let j = 0; j < 6; j++) {
        if ((best.weights[i] ?? 0) < 1e-4 || i === j) continue;
        const moved = best.weights
          .with(i, (best.weights[i] ?? 0) - 1e-4)
          .with(j, (best.weights[j] ?? 0) + 1e-4);
        expect(lossAt(surrogate.model, moved)).toBeGreaterThan(best.predicted.value - 1e-9);
      }
  });

  it('tune the length where lengths vary', () => {
    const world = new SurrogateWorld(5, 2, { spread: 0.4 });
    const measured = world
      .all()
      .flatMap(({ members }) => [0.5, 0.75, 1, 1.5].map((c) => world.merge(members, c / members.length)));
    const base = world.lossAt(new Float64Array(5));
    const best = bestWeights(fitted(measured, 5, base), measured, []);
    if (!best) throw new Error('no weights');
    expect(best.length).toBeGreaterThanOrEqual(0.5);
    expect(best.length).toBeLessThanOrEqual(1.5);
    expect(world.lossAt(best.weights)).toBeLessThan(Math.min(...measured.map(({ loss }) => loss)));
  });

  it('are none where no measured subset is allowed', () => {
    const world = new SurrogateWorld(7, 4);
    const measured = world.sample(80, seededRandom(1));
    expect(
      bestWeights(
        fitted(measured, 7),
        measured,
        sizes(7).map((k) => k - 1),
      ),
    ).toBeNull();
  });
});
