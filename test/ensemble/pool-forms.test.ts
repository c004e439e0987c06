import { describe, expect, it } from 'vitest';
import { fitLaw, powerLawLead } from '../../core/ensemble/fit-law.ts';
import { fitForm, type Places, POOL_FORMS } from '../../core/ensemble/pool-forms.ts';
import { seededRandom } from '../../core/law/random.ts';

const P = [0.5, 1, 2, 3, 5, 8, 13, 21, 34, 55];
const places: Places = { P, k: P.map((p) => 1 + p / 4) };

const truths = {
  flat: { parameters: { level: 0.9 }, y: () => 0.9 },
  logarithm: { parameters: { level: 1.2, slope: 0.08 }, y: (p: number) => 1.2 - 0.08 * Math.log(p) },
  power: { parameters: { scale: 1.3, exponent: 0.11 }, y: (p: number) => 1.3 * p ** -0.11 },
  saturating: {
    parameters: { floor: 0.7, scale: 0.9, offset: 1.4 },
    y: (_: number, k: number) => 0.7 + 0.9 / (k + 1.4),
  },
  power_floor: {
    parameters: { floor: 0.6, scale: 0.5, exponent: 0.4 },
    y: (p: number) => 0.6 + 0.5 * p ** -0.4,
  },
} as const;

describe('laws of pools', () => {
  it.each(POOL_FORMS)('are found again where the data are exactly %s', (form) => {
    const { parameters, y } = truths[form];
    const losses = P.map((p, i) => y(p, places.k[i] ?? 0));
    const fit = fitForm(form, places, losses);
    for (const [name, value] of Object.entries(parameters))
      expect(fit.parameters[name]).toBeCloseTo(value, 5);
    expect(fit.rss).toBeLessThan(1e-12);
    expect(fit.predict(100, 26)).toBeCloseTo(y(100, 26), 5);
  });

  it.each(['logarithm', 'saturating', 'power_floor', 'power'] as const)(
    'rank %s first where it holds, with a little noise',
    (form) => {
      const random = seededRandom(3);
      const losses = P.map((p, i) => truths[form].y(p, places.k[i] ?? 0) + 1e-4 * random.normal());
      const law = fitLaw(places, losses);
      const best = POOL_FORMS[law?.heldOut.indexOf(Math.min(...law.heldOut)) ?? -1];
      // With a floor of zero the one law is the other.
      expect(form === 'power' ? ['power', 'power_floor'] : [form]).toContain(best);
      if (law) expect(powerLawLead(law) > 0).toBe(form.startsWith('power'));
    },
  );

  it('have no floor below zero, and never rise', () => {
    const convex = fitForm(
      'power_floor',
      places,
      P.map((p) => 1 - 0.2 * Math.log(p)),
    );
    expect(convex.parameters['floor']).toBeGreaterThanOrEqual(0);
    const rising = P.map((p) => p);
    for (const form of ['logarithm', 'saturating'] as const)
      expect(fitForm(form, places, rising).predict(1e3, 1e3)).toBeCloseTo(
        rising.reduce((a, b) => a + b) / P.length,
        9,
      );
  });

  it('need six budgets', () => {
    const few = { P: P.slice(0, 5), k: places.k.slice(0, 5) };
    expect(fitLaw(few, few.P)).toBeNull();
  });

  it('do not depend on the unit of parameters', () => {
    const losses = P.map((p) => truths.power_floor.y(p));
    const scaled = { ...places, P: P.map((p) => p * 1e-6) };
    const { parameters } = fitForm('power_floor', scaled, losses);
    expect(parameters['floor']).toBeCloseTo(0.6, 5);
    expect(parameters['exponent']).toBeCloseTo(0.4, 5);
  });
});
