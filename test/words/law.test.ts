import { describe, expect, it } from 'vitest';
import { type FormName, formula, meaning, rightSide } from '../../words/law.ts';

const FORMS: readonly FormName[] = ['paper', 'signed', 'quadratic', 'power', 'flat', 'three_point'];

describe('forms of the law', () => {
  it.each(FORMS)('%s has a formula, its right side, and one line on what it assumes', (form) => {
    expect(formula(form)).toBe(`L(k) = ${rightSide(form)}`);
    expect(meaning(form)).toMatch(/^[^.\n]{20,110}$/);
  });
});
