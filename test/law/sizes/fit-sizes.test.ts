import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cancelled } from '../../../core/law/cancelled.ts';
import { seededRandom } from '../../../core/law/random.ts';
import { fitSizes, type SizesOptions } from '../../../core/law/sizes/fit-sizes.ts';
import { isoLosses, kAtLoss } from '../../../core/law/sizes/iso-loss.ts';
import { sizesLawSchema } from '../../../core/law/sizes/sizes-schema.ts';
import { missedGates } from '../../simulation/gates.ts';
import { simulateDesign } from '../../simulation/tally.ts';
import { covarianceOf, curveOf, NINE } from '../curves.ts';
import { SIZES_STUDY } from './coverage.ts';
import { SIZES_DESIGNS, simulateSizes, trueJoint } from './designs.ts';

const TRUTH = { Lstar: 0.6, B: 0.4, beta: 0.45, A0: 0.15, gamma: 0.25, b: 0.5 };
const POINTS: SizesOptions = { stage: 'points', seed: 1 };
const curves = (
  sizes: readonly number[],
  law = (N: number, k: number) => trueJoint(TRUTH, N, k),
  k: readonly number[] = NINE,
) =>
  sizes.map((N) =>
    curveOf(
      k,
      k.map((kk) => law(N, kk)),
      { N },
    ),
  );
const codes = (law: { warnings: readonly { code: string }[] }) => law.warnings.map(({ code }) => code);

describe('a law over sizes', () => {
  it('gives floors and tails by size with one offset, and finds that it does as well', () => {
    const law = fitSizes(curves([4, 0.5, 1.5, 14]), POINTS);
    expect(law.sizes).toEqual([0.5, 1.5, 4, 14]);
    expect(law.by_size?.b).toBeCloseTo(0.5, 6);
    for (const { N, floor, tail, own_b, rmse } of law.by_size?.sizes ?? []) {
      expect(floor.value).toBeCloseTo(0.6 + 0.4 * N ** -0.45, 7);
      expect(tail.value).toBeCloseTo(0.15 * N ** -0.25, 6);
      expect(own_b).toBeCloseTo(0.5, 5);
      expect(rmse).toBeLessThan(1e-9);
    }
    expect(law.parameters?.Lstar).toBeCloseTo(0.6, 6);
    expect(law.paper?.parameters).toEqual(law.parameters);
    expect(Object.values(law.standing ?? {})).toEqual(Array(6).fill('identified'));
    expect(codes(law)).toEqual([]);
    expect(JSON.parse(JSON.stringify(law))).toEqual(law);
  });

  it('finds that offsets differ where they do, and not where they do not', () => {
    const noisy = (own: (N: number) => number, seed: number) => {
      const random = seededRandom(seed);
      return fitSizes(
        curves([0.5, 2, 8], (N, k) => 0.5 / N + 0.2 / (k + own(N)) + 0.0003 * random.normal()),
        POINTS,
      );
    };
    const differing = noisy((N) => N / 4, 1);
    expect(differing.by_size?.shared_b?.does_as_well).toBe(false);
    expect(codes(differing)).toContain('offsets_differ');
    // A test at 5% that holds its level: of 200, 10 on average; more than 20 in 1 of 1,000.
    const rejected = Array.from({ length: 200 }, (_, seed) => noisy(() => 0.7, 10 + seed)).filter(
      ({ by_size }) => by_size?.shared_b?.does_as_well === false,
    );
    expect(rejected.length).toBeLessThanOrEqual(20);
    expect(rejected.length).toBeGreaterThanOrEqual(2);
  });

  it('is saturated with three sizes, says so, and forecasts no other', () => {
    const law = fitSizes(curves([0.5, 1.5, 4]), { ...POINTS, forecast: { N: [2, 8], k: [12] } });
    expect(law.standing).toMatchObject({
      Lstar: 'saturated',
      B: 'saturated',
      beta: 'saturated',
      b: 'identified',
    });
    expect(codes(law)).toContain('sizes_too_few');
    expect(law.warnings[0]?.message).toContain('No loss is forecast at N = 2, 8.');
    expect([...new Set(law.forecast.map(({ N }) => N))]).toEqual([0.5, 1.5, 4]);
    expect(law.forecast.filter(({ k }) => k === 12)).toHaveLength(3);
    expect(law.held_out).toEqual([]);
    for (const { points } of law.iso_loss) expect(points.map(({ N }) => N)).toEqual([0.5, 1.5, 4]);
  });

  it('has no law with two sizes, but floors by size, and nothing with none', () => {
    const two = fitSizes(curves([0.5, 1.5]), POINTS);
    expect(two.parameters).toBeNull();
    expect(two.reasons['parameters']).toContain('needs three');
    expect(two.by_size?.sizes).toHaveLength(2);
    expect(two.forecast).toEqual([]);
    const none = fitSizes([], { ...POINTS, stage: 'complete' });
    expect(none).toMatchObject({ sizes: [], parameters: null, by_size: null, iso_loss: [] });
    expect(fitSizes([curveOf([1, 2], [Number.NaN, 1])], POINTS).sizes).toEqual([]);
  });

  it('is as sure of every size while another has not begun, and of none where the errors of one are unknown', () => {
    // The paired samples move all sizes and all k alike.
    const level = Array.from({ length: 200 }, (_, r) => 0.04 * seededRandom(r).normal());
    const measured = curves([0.5, 1.5, 4, 14]).map((curve) => ({
      ...curve,
      covariance: covarianceOf(9, 0.04, 0.001),
      replicates: Float64Array.from(level.flatMap((shift) => [...curve.mean].map((loss) => loss + shift))),
    }));
    const lawOf = (...more: ReturnType<typeof curves>) =>
      fitSizes([...measured, ...more], { ...POINTS, stage: 'complete' });
    const alone = lawOf();
    const [floor] = alone.by_size?.sizes.map((size) => size.floor) ?? [];
    expect((floor?.high ?? 0) - (floor?.low ?? 0)).toBeGreaterThan(0.1);
    expect(lawOf(curveOf([], [], { N: 30 }))).toEqual(alone);
    const begun = lawOf(curveOf([1, 9], [trueJoint(TRUTH, 30, 1), trueJoint(TRUTH, 30, 9)], { N: 30 }));
    expect(begun.by_size?.sizes).toHaveLength(5);
    for (const size of begun.by_size?.sizes ?? [])
      expect(size).toMatchObject({ floor: { low: null, high: null }, tail: { low: null, high: null } });
    expect(begun.intervals).toBeNull();
    expect(begun.reasons['intervals']).toContain('not known at every size');
    expect(begun.forecast.every(({ low, high }) => low === null && high === null)).toBe(true);
  });

  it('forecasts a size that is not measured with four, and says how wrong it was at sizes held out', () => {
    const law = fitSizes(curves([0.5, 1.5, 4, 14]), { ...POINTS, forecast: { N: [40], k: [] } });
    const further = law.forecast.filter(({ N }) => N === 40);
    expect(further).toHaveLength(9);
    for (const { k, loss, measured } of further) {
      expect(loss).toBeCloseTo(trueJoint(TRUTH, 40, k), 5);
      expect(measured).toBe(false);
    }
    expect(codes(law)).toEqual(['extrapolates']);
    expect(law.held_out.filter(({ kind }) => kind === 'left_out').map(({ N }) => N)).toEqual([
      0.5, 1.5, 4, 14,
    ]);
    expect(law.held_out.filter(({ kind }) => kind === 'later')).toMatchObject([
      { N: 14, fitted: [0.5, 1.5, 4] },
    ]);
    for (const { rms } of law.held_out) expect(rms).toBeLessThan(1e-5);
  });

  it('measures a size that does not follow the law as an error when held out', () => {
    const law = fitSizes(
      curves([0.5, 1.5, 4, 14], (N, k) => trueJoint(TRUTH, N, k) + (N === 14 ? 0.05 : 0)),
      POINTS,
    );
    const last = law.held_out.find(({ kind }) => kind === 'later');
    expect(last?.rms).toBeCloseTo(0.05, 5);
    expect(last?.bias).toBeCloseTo(-0.05, 5);
  });

  it('stands on the bounds that the data push it to', () => {
    const paper = fitSizes(
      curves([0.5, 1.5, 4, 14], (N, k) => trueJoint({ ...TRUTH, b: -0.4, gamma: -0.3 }, N, k)),
      { ...POINTS, form: 'paper' },
    );
    expect(paper.standing).toMatchObject({ b: 'on_bound', gamma: 'on_bound' });
    expect(codes(paper)).toContain('parameter_on_bound');
    expect(paper.bounds?.b[0]).toBe(0);
    const flat = fitSizes(
      curves([0.5, 1.5, 4, 14], (_, k) => 1 + 0.1 / k),
      POINTS,
    );
    expect(flat.standing).toMatchObject({ B: 'on_bound', beta: 'not_identified' });
    const line = fitSizes(
      curves([0.5, 1.5, 4, 14], (N, k) => 2 - 0.1 * Math.log(N) + 0.1 / k),
      POINTS,
    );
    expect(line.standing).toMatchObject({ Lstar: 'not_identified', beta: 'on_bound' });
    expect(codes(line)).toContain('floor_not_identified');
  });

  it('finds nothing to identify where all losses are the same', () => {
    const law = fitSizes(
      curves([1, 2, 3, 4], () => 2),
      { ...POINTS, forecast: { N: [9], k: [] } },
    );
    expect(law.standing).toMatchObject({
      B: 'on_bound',
      A0: 'on_bound',
      beta: 'not_identified',
      b: 'not_identified',
    });
    expect(law.forecast.every(({ loss }) => Math.abs(loss - 2) < 1e-9)).toBe(true);
    expect(law.iso_loss).toEqual([]);
  });

  it('gives no NaN and breaks no rule of its schema, whatever the numbers', () => {
    const anything = fc.array(
      fc.record({
        N: fc.oneof(fc.constant(null), fc.constantFrom(0, -1, Number.NaN, 1e-9, 0.5, 1, 7, 1e5)),
        losses: fc.array(fc.oneof(fc.double({ min: -5, max: 5 }), fc.constant(1)), { maxLength: 6 }),
        exact: fc.boolean(),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(anything, fc.constantFrom('points' as const, 'complete' as const), (given, stage) => {
        const data = given.map(({ N, losses, exact }) => {
          const covariance = exact ? null : new Float64Array(losses.length ** 2);
          covariance?.forEach((_, cell) => {
            if (cell % (losses.length + 1) === 0) covariance[cell] = 0.01;
          });
          return curveOf(
            losses.map((_, i) => i + 1),
            losses,
            { N, covariance },
          );
        });
        const law = fitSizes(data, { stage, seed: 1, forecast: { N: [3, Number.NaN], k: [0, 12] } });
        expect(sizesLawSchema.safeParse(law).error?.issues ?? []).toEqual([]);
      }),
      { seed: 12, numRuns: 60 },
    );
  });

  it('is the same for the same input, and can be stopped', () => {
    const data = simulateSizes(SIZES_DESIGNS[2] ?? never(), seededRandom(3));
    const ask: SizesOptions = { stage: 'complete', seed: 5 };
    expect(fitSizes(data, ask)).toEqual(fitSizes(data, ask));
    expect(() => fitSizes(data, { ...ask, cancelled: () => true })).toThrow(Cancelled);
  });
});

describe('iso-loss lines', () => {
  it('invert the law, clipped to the pool', () => {
    const cases = fc.record({
      floor: fc.double({ min: -1, max: 2, noNaN: true }),
      tail: fc.double({ min: 0.001, max: 1, noNaN: true }),
      b: fc.double({ min: -0.8, max: 10, noNaN: true }),
      k: fc.double({ min: 1, max: 9, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ k, ...law }) => {
        const loss = law.floor + law.tail / (k + law.b);
        const found = kAtLoss(law, loss, 20);
        expect(found).not.toBeNull();
        expect(Math.abs((found ?? 0) - k)).toBeLessThan(1e-6 * k + 1e-11 / law.tail);
        expect(kAtLoss(law, law.floor, 9)).toBeNull();
        expect(kAtLoss(law, law.floor + law.tail / (1 + law.b) + 1, 9)).toBe(1);
        expect(kAtLoss(law, law.floor + law.tail / (9.01 + law.b), 9)).toBeNull();
      }),
      { seed: 3 },
    );
  });

  it('meet the measured losses of each size', () => {
    const law = fitSizes(curves([0.5, 1.5, 4, 14]), { ...POINTS, losses: [trueJoint(TRUTH, 4, 3), 0.1] });
    const [line, never] = law.iso_loss;
    expect(line?.points.find(({ N }) => N === 4)?.k).toBeCloseTo(3, 5);
    expect(line?.points.length).toBeGreaterThan(20);
    expect(never?.points.every(({ k }) => k === null)).toBe(true);
  });

  it('are drawn at a few round losses between the lowest and the highest', () => {
    expect(isoLosses([0.713, 0.9, 1.22])).toEqual([0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2]);
    expect(isoLosses([1, 1])).toEqual([]);
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: 1e-4, max: 5, noNaN: true }),
        (low, span) => {
          const losses = isoLosses([low, low + span]);
          expect(losses.length).toBeGreaterThanOrEqual(4);
          expect(losses.length).toBeLessThanOrEqual(15);
          for (const loss of losses) expect(loss > low - 1e-9 && loss < low + span + 1e-9).toBe(true);
        },
      ),
      { seed: 4 },
    );
  });
});

describe('coverage of 95% intervals, a few replicates of each design', () => {
  it.each(SIZES_STUDY)('$name', (design) => {
    expect(missedGates(simulateDesign(design, 8), 'few')).toEqual([]);
  });
});

function never(): never {
  throw new Error('no design');
}
