import { describe, expect, it } from 'vitest';
import { ensembleData } from '../../core/ensemble/data.ts';
import { poolNumbers } from '../../core/ensemble/law-numbers.ts';
import { familyGroups, modelGroups } from '../../core/ensemble/left-out.ts';
import { makeEnsembleReport } from '../../core/ensemble/make-report.ts';
import { oracleCurve } from '../../core/ensemble/oracle-curve.ts';
import { poolLaw } from '../../core/ensemble/pool-law.ts';
import { budgetsOf, randomOrders } from '../../core/ensemble/random-orders.ts';
import { filled, typicalPools } from '../../core/ensemble/random-pools.ts';
import { bits, lossesOf, oracleOf } from '../../core/ensemble/rows.ts';
import { subjectOf } from '../../core/ensemble/subject.ts';
import type { Claim, EnsembleReport } from '../../core/ensemble/types.ts';
import { typicalLaw } from '../../core/ensemble/typical-law.ts';
import { seededRandom } from '../../core/law/random.ts';
import { type Losses, objectiveOf } from '../../core/selection/measured.ts';
import { domainsOf, type Family, families, inputOf, noise, retrained, weibull } from './pools.ts';

/** Four families of three models, sizes spread over a factor of 16; and five of three with the same sizes. */
const FEW: readonly Family[] = [0.5, 1, 2, 4, 8, 3].flatMap((billions, i) =>
  ['a', 'b'].map((side) => ({ parameters: billions * 1e9, family: `${side}${i % 2}` })),
);
const MANY: readonly Family[] = [...'abcde'].flatMap((family) =>
  [1, 3, 9].map((billions) => ({ parameters: billions * 1e9, family })),
);

/** Models of other levels. */
const levels = (M: number, S: number) => retrained(M, S, 1, { level: 8, domain: 0, own: 5 }, 1);

function permutations(of: readonly number[]): number[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((m) => permutations(of.filter((other) => other !== m)).map((rest) => [m, ...rest]));
}

const study = (report: EnsembleReport) => {
  if (!report.study) throw new Error('no study');
  return report.study;
};
const complete = (...input: Parameters<typeof inputOf>) =>
  makeEnsembleReport(inputOf(...input), { stage: 'complete' });
const claim = (report: EnsembleReport, wanted: Claim['claim']) =>
  study(report).claims.find((found) => found.claim === wanted);

describe('pools at budgets', () => {
  it('go from the smallest model to all, and are filled', () => {
    const budgets = budgetsOf([1, 2, 5]);
    expect(budgets[0]).toBe(1);
    expect(budgets.at(-1)).toBe(8);
    expect(filled([2, 0, 1], [1, 2, 5], 3)).toEqual([0, 1]);
    expect(filled([0, 2, 1], [1, 2, 5], 6.5)).toEqual([0, 2]);
  });

  it('begin with every model equally often', () => {
    const first = randomOrders(7, 1).map(([m]) => m);
    for (let m = 0; m < 7; m++) expect(first.filter((other) => other === m)).toHaveLength(first.length / 7);
  });

  it('of one size are the expected oracle by k', () => {
    const report = complete(noise(6, 50, 1));
    const { points } = study(report).typical;
    expect(points.map(({ k }) => k)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const [i, { bits_per_byte }] of points.entries())
      expect(bits_per_byte.value).toBeCloseTo(report.oracle[i]?.bits_per_byte.value ?? 0, 10);
  });

  it('of 300 models of one size too, also where a single one fits', () => {
    const data = ensembleData(inputOf(levels(300, 60)));
    const subject = subjectOf(data, undefined);
    const curve = oracleCurve(subject.rows, data, false);
    for (const { k, loss, drawn } of typicalPools(subject, new Uint8Array(300).fill(1), data)) {
      expect(bits(loss)).toBeCloseTo(curve[k - 1]?.bits_per_byte.value ?? Number.NaN, 10);
      expect(drawn.variance).toBeLessThan(1e-24);
    }
  });

  it('of several sizes are the mean over all orders, up to the error of those that were drawn', () => {
    const sizes = [1, 1, 2, 2, 3, 4];
    const data = ensembleData(
      inputOf(
        levels(6, 80),
        sizes.map((size) => ({ parameters: size * 1e9 })),
      ),
    );
    const subject = subjectOf(data, undefined);
    const all = permutations([...sizes.keys()]);
    const isLeft = new Uint8Array(6).fill(1);
    const pools = typicalPools(subject, isLeft, data);
    expect(pools.length).toBeGreaterThan(6);
    for (const { budget, loss, drawn } of pools) {
      const losses = all.map((order) =>
        objectiveOf(
          lossesOf(
            oracleOf(filled(order, sizes, budget).map((m) => subject.rows[m] as Losses)),
            data.samples,
          ),
          data.weights,
        ),
      );
      const exact = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      expect(Math.abs(loss - exact)).toBeLessThan(4 * Math.sqrt(drawn.variance) + 1e-12);
    }
    expect(pools.some(({ drawn }) => drawn.variance > 1e-10)).toBe(true);
  });

  it('are looked at without at most twenty groups of families, however many there are', () => {
    const names = Array.from({ length: 230 }, (_, m) => `f${m % 100}`);
    const { groups } = familyGroups(names, 1);
    expect(groups).toHaveLength(20);
    expect(groups.reduce((sum, { size }) => sum + size, 0)).toBe(230);
    for (const group of groups)
      for (const m of group)
        for (const [other, name] of names.entries())
          if (name === names[m]) expect(group.has(other)).toBe(true);
  });

  it('have a best pool that keeps each budget and, chosen on other samples, is rarely worse than the typical one', () => {
    const { envelope, typical } = study(complete(families(FEW, 200, 12, 2, 3), FEW));
    for (const { budget, parameters, members } of envelope.points) {
      expect(parameters).toBeLessThanOrEqual(budget * (1 + 1e-9));
      expect(members?.length).toBeGreaterThan(0);
    }
    const at = (points: typeof typical.points, budget: number) =>
      points.find((point) => point.budget === budget)?.bits_per_byte.value ?? Number.NaN;
    for (const { budget, bits_per_byte } of typical.points.slice(2, -2))
      if (envelope.points.some((point) => point.budget === budget))
        expect(at(envelope.points, budget)).toBeLessThan(bits_per_byte.value);
  });

  it('have every form with its intervals, ranked by what is held out', () => {
    const { typical } = study(
      complete(
        weibull(12, 400, 3),
        FEW.map(({ family }) => ({ family })),
      ),
    );
    expect(typical.forms).toHaveLength(5);
    const errors = typical.forms.map(({ held_out }) => held_out);
    expect(errors).toEqual(errors.toSorted((a, b) => a - b));
    expect(typical.forms.filter(({ misfit }) => !misfit).length).toBeGreaterThan(0);
    for (const { form, parameters, intervals, family_intervals, misfit } of typical.forms) {
      expect(Object.keys(intervals)).toEqual(Object.keys(parameters));
      expect(family_intervals).not.toBeNull();
      if (misfit) {
        expect(
          Object.values(intervals)
            .flat()
            .filter((end) => end !== null),
        ).toEqual([]);
        continue;
      }
      const value = parameters['exponent'] ?? parameters['level'] ?? 0;
      const [low, high] = intervals['exponent'] ?? intervals['level'] ?? [0, null];
      if (form !== 'saturating') expect(low ?? Number.NaN).toBeLessThanOrEqual(value);
      if (high !== null) expect(high).toBeGreaterThan(value);
    }
  });
});

describe('a law of pools', () => {
  it('has no floor to be sure of where the points speak against it', () => {
    const random = seededRandom(1);
    const level = Array.from({ length: 240 }, () => 60 + 20 * random.uniform());
    const matrix = Array.from({ length: 12 }, (_, m) =>
      level.map((base, s) => base + (s % 2 === m % 2 ? -10 : 10) + 0.2 * random.normal()),
    );
    const data = ensembleData(inputOf(matrix));
    const groups = { models: modelGroups(12, 1), families: familyGroups(['one'], 1) };
    const { typical } = typicalLaw(subjectOf(data, undefined), groups);
    const floored = typical.forms.find(({ form }) => form === 'power_floor');
    // Two models of either kind have the floor already, which no power law says.
    expect(floored?.parameters['floor']).toBeLessThan(
      (typical.points.at(-1)?.bits_per_byte.value ?? 0) - 0.005,
    );
    expect(floored?.misfit?.residual.low).toBeGreaterThan(0);
    expect(floored?.intervals['floor']).toEqual([null, null]);
  });

  it('in the logarithm may have a level below zero, where one billion parameters are far beyond', () => {
    const places = { P: [1, 2, 4, 8, 16, 32].map((p) => p / 1e4), k: [1, 2, 3, 4, 5, 6] };
    const curve = (level: number) => places.P.map((P) => level - 0.3 * Math.log(P));
    const replicates = Array.from({ length: 20 }, (_, i) =>
      poolNumbers(places, curve(i % 2 ? -1.01 : -0.99)),
    );
    const judged = { replicates, withoutOrders: [], withoutModels: [], withoutFamilies: [] };
    const y = curve(-1);
    const { forms } = poolLaw(
      [],
      places,
      y,
      { value: poolNumbers(places, y), ...judged },
      ensembleData(inputOf(noise(2, 60, 1))),
    );
    const [low, high] = forms.find(({ form }) => form === 'logarithm')?.intervals['level'] ?? [];
    expect(low).toBeLessThan(bits(-1));
    expect(high).toBeGreaterThan(bits(-1));
    expect(high).toBeLessThan(0);
  });
});

describe('single models', () => {
  it('have a law of their own with four sizes', () => {
    const { single } = study(complete(families(FEW, 300, 0, 2, 5), FEW));
    expect(single?.points).toHaveLength(12);
    expect(single?.parameters['exponent']).toBeGreaterThan(0.2);
    expect(single?.parameters['exponent']).toBeLessThan(0.4);
    expect(study(complete(noise(6, 50, 1))).single).toBeNull();
  });
});

describe('pools of several families', () => {
  it('are better where families err together', () => {
    const report = complete(families(MANY, 200, 12, 2, 3), MANY, domainsOf(200, 4));
    expect(claim(report, 'heterogeneous_better')?.verdict).toBe('confirmed');
    expect(study(report).heterogeneous?.left_out).toEqual({ count: 5, kind: 'families' });
    expect(report.diversity?.difference?.low).toBeGreaterThan(0);
  });

  it.each([1, 2, 3, 4])('are not where families are but names (seed %i)', (seed) => {
    const report = complete(families(MANY, 200, 0, 8, seed), MANY);
    expect(claim(report, 'heterogeneous_better')?.verdict).not.toBe('confirmed');
  });

  it('cannot be told of with one family', () => {
    expect(claim(complete(noise(6, 50, 1)), 'heterogeneous_better')).toMatchObject({
      verdict: 'cannot tell',
      difference: null,
    });
  });
});

describe('claims', () => {
  it('of a power law are not made for reseeds, whose curve is as fine', () => {
    const report = complete(noise(10, 300, 1));
    const [first] = study(report).typical.forms;
    expect(first?.form).toBe('power_floor');
    const found = claim(report, 'power_law');
    expect(found?.difference?.low).toBeGreaterThan(0);
    expect(found?.verdict).toBe('cannot tell');
    expect(found?.sentence).toContain('noise alone gives such a curve too');
  });

  it('need budgets, and say how many', () => {
    const report = complete(noise(3, 50, 1));
    expect(claim(report, 'power_law')?.sentence).toContain('6 different budgets; there are 3');
    expect(claim(report, 'lower_floor')?.sentence).toContain('fewer than four sizes');
    expect(report.study?.typical.forms).toEqual([]);
  });
});
