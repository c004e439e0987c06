import { describe, expect, it } from 'vitest';
import type { Form, FormFit } from '../../core/law/curve.ts';
import { fitCurve } from '../../core/law/fit-curve.ts';
import { formSentence } from '../../core/law/form-sentence.ts';
import { asked, curveOf, NINE } from './curves.ts';

const tested = (form: Form, backtest: number | null, rmse = 0.001): FormFit => ({
  form,
  parameters: {},
  backtest,
  rmse,
  r2: null,
});

describe('the sentence on forms', () => {
  it('names the form used, why, and how the paper’s fares', () => {
    expect(
      formSentence({
        form: 'quadratic',
        forms: [tested('quadratic', 8e-5), tested('paper', 2.04e-3), tested('flat', 0.1)],
      }),
    ).toBe(
      "The law uses A/k + C/k², which forecast later k best: it missed by 0.08 mnat; the paper's form with b ≥ 0 missed by 2 mnat, 26 times as much.",
    );
    expect(formSentence({ form: 'signed', forms: [tested('signed', 1e-3), tested('paper', 1e-3)] })).toMatch(
      /missed by 1 mnat; the paper's form with b ≥ 0 missed by 1 mnat, as much\.$/,
    );
    expect(formSentence({ form: 'paper', forms: [tested('paper', 1e-3), tested('signed', 2e-3)] })).toBe(
      "The law uses the paper's A/(k + b) with b ≥ 0, which forecast later k best: it missed by 1 mnat.",
    );
  });

  it('says so where the best forecast did not decide, or nothing could be forecast', () => {
    const second = formSentence({
      form: 'signed',
      forms: [tested('power', 1e-3), tested('paper', 1.5e-3), tested('signed', 2e-3)],
    });
    expect(second).toContain('A·k^−p missed by 1 mnat, but there are too few k');
    expect(second).toContain("the paper's form with b ≥ 0 missed by 1.5 mnat, less.");
    expect(
      formSentence({ form: 'signed', forms: [tested('signed', null, 0.0002), tested('paper', null, 0.003)] }),
    ).toBe(
      "The law uses the paper's A/(k + b) with b of either sign, as there are too few k to judge forms by their forecasts; the paper's form with b ≥ 0 lies 3 mnat from the points, this one 0.2 mnat.",
    );
    expect(formSentence({ form: 'three_point', forms: [] })).toContain('through three points exactly');
    expect(formSentence({ form: null, forms: [] })).toContain('No form');
  });

  it('gives no reason for a form that was asked for', () => {
    expect(formSentence({ form: 'power', forms: [tested('paper', 1e-3), tested('power', 2e-3)] }, true)).toBe(
      "The law uses A·k^−p, as asked for; the paper's form with b ≥ 0 missed by 1 mnat, less.",
    );
  });

  it('is said of any curve, of any number of k', () => {
    for (const k of [[], [1], [1, 2], [1, 2, 4], [1, 2, 3, 4], NINE]) {
      const law = fitCurve(
        curveOf(
          k,
          k.map((kk) => 1 + 0.2 / (kk - 0.4) + 0.001 * Math.sin(9 * kk)),
        ),
        asked({ stage: 'points' }),
      );
      expect(formSentence(law)).toMatch(/^(The law|No form).*\.$/);
      expect(formSentence(law)).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});
