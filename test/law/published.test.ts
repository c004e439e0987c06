import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fitCurve } from '../../core/law/fit-curve.ts';
import { seededRandom } from '../../core/law/random.ts';
import { asked, curveOf, NINE } from './curves.ts';

const joint = z.array(
  z.object({
    domain: z.string(),
    Lstar: z.number(),
    B: z.number(),
    beta: z.number(),
    A0: z.number(),
    gamma: z.number(),
    b0: z.number(),
  }),
);
const published = z
  .object({
    joint_fit_task_arithmetic: joint,
    joint_fit_ties: joint,
    llama_backbones_floor_tail: z.array(
      z.object({
        Backbone: z.string(),
        b: z.number(),
        Linf: z.number(),
        A: z.number(),
        'L(k=1)': z.number(),
        'L(k=9)': z.number(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../fixtures/published-laws.json', import.meta.url), 'utf8')));

/** Sizes of the models of arXiv 2509.24244, billions of parameters. */
const SIZES = [0.5, 1.5, 3, 7, 14, 32, 72];

const oneSize = published.llama_backbones_floor_tail.map(({ Backbone, Linf, A, b }) => ({
  name: Backbone,
  Linf,
  A,
  b,
}));
const slices = (
  [
    ['task arithmetic', published.joint_fit_task_arithmetic],
    ['ties', published.joint_fit_ties],
  ] as const
).flatMap(([method, rows]) =>
  rows.flatMap(({ domain, Lstar, B, beta, A0, gamma, b0 }) =>
    SIZES.map((N) => ({
      name: `${method}, ${domain}, ${N}B`,
      Linf: Lstar + B * N ** -beta,
      A: A0 * N ** -gamma,
      b: b0,
    })),
  ),
);

describe('published laws', () => {
  it('holds two laws of one size and eighteen joint ones, of which seven slices each', () => {
    expect(oneSize).toHaveLength(2);
    expect(slices).toHaveLength(18 * 7);
  });

  it.each(['paper', 'signed'] as const)('%s: recovers every floor, tail and offset from k = 1..9', (form) => {
    for (const { name, Linf, A, b } of [...oneSize, ...slices]) {
      const losses = NINE.map((k) => Linf + A / (k + b));
      const law = fitCurve(curveOf(NINE, losses), asked({ form, stage: 'points' }));
      expect(law.parameters?.['Linf'], name).toBeCloseTo(Linf, 8);
      expect(law.parameters?.['A'], name).toBeCloseTo(A, 7);
      expect(law.parameters?.['b'], name).toBeCloseTo(b, 6);
      expect(law.rmse, name).toBeLessThan(1e-9);
    }
  });

  it('picks a floor-and-tail form for them, of all forms', () => {
    for (const { name, Linf, A, b } of [...oneSize, ...slices]) {
      const law = fitCurve(
        curveOf(
          NINE,
          NINE.map((k) => Linf + A / (k + b)),
        ),
        asked({ stage: 'points' }),
      );
      // With b = 0 exactly, the quadratic and power forms contain the same law.
      const same = b < 1e-6 ? ['signed', 'paper', 'quadratic', 'power'] : ['signed', 'paper'];
      expect(same, name).toContain(law.form);
    }
  });

  it('agrees with the printed losses of LLaMA-3.2 3B to their rounding, and of LLaMA-3 8B to 1.3 mnat', () => {
    const tolerance = [0.0004, 0.0013];
    published.llama_backbones_floor_tail.forEach((row, i) => {
      const at = (k: number) => row.Linf + row.A / (k + row.b);
      expect(Math.abs(at(1) - row['L(k=1)'])).toBeLessThan(tolerance[i] ?? 0);
      expect(Math.abs(at(9) - row['L(k=9)'])).toBeLessThan(tolerance[i] ?? 0);
    });
  });

  it('covers the published floor, tail and offset under errors of 0.3 mnat, as often as 95% intervals should', () => {
    const random = seededRandom(20_250_924);
    const sd = 0.0003;
    const covariance = new Float64Array(81);
    for (let i = 0; i < 9; i++) covariance[i * 10] = sd ** 2;
    const covered = { Linf: 0, A: 0, b: 0 };
    for (const truth of slices) {
      const losses = NINE.map((k) => truth.Linf + truth.A / (k + truth.b) + sd * random.normal());
      const law = fitCurve(curveOf(NINE, losses, { covariance }), asked({ form: 'signed' }));
      for (const name of ['Linf', 'A', 'b'] as const) {
        const [low, high] = law.intervals?.[name] ?? [Number.NaN, Number.NaN];
        if ((low === null || low <= truth[name]) && (high === null || truth[name] <= high)) covered[name]++;
      }
    }
    // 126 intervals of 95%: 119.7 on average, fewer than 112 in 1 of 500.
    for (const count of Object.values(covered)) expect(count).toBeGreaterThanOrEqual(112);
    // and they are not so wide that nothing could miss
    expect(covered.Linf + covered.A + covered.b).toBeLessThan(3 * 126);
  });
});
