/** The forms of the law, named and written as formulas. */

const FORMULA = {
  paper: 'L(k) = L∞ + A/(k + b), b ≥ 0',
  signed: 'L(k) = L∞ + A/(k + b)',
  quadratic: 'L(k) = L∞ + A/k + C/k²',
  power: 'L(k) = L∞ + A·k⁻ᵖ',
  flat: 'L(k) = L∞',
  three_point: 'L(k) = L∞ + A/(k + b), exact through three points',
} as const;

export type FormName = keyof typeof FORMULA;

export function formula(form: FormName): string {
  return FORMULA[form];
}

/** Without its left side: `L∞ + A/(k + b)`. */
export function rightSide(form: FormName): string {
  return formula(form).replace(/^L\(k\) = /, '');
}

const MEANING: Readonly<Record<FormName, string>> = {
  paper: 'the published form: a floor and a tail that falls as 1/k, with an offset that is not negative',
  signed: 'the published form with an offset of either sign',
  quadratic: 'the next order of the theory: a tail in 1/k and 1/k²',
  power: 'a tail that falls with a power of k',
  flat: 'no tail: the number of experts makes no difference',
  three_point: 'the published form through the three points exactly',
};

/** What a form assumes, without a full stop. */
export function meaning(form: FormName): string {
  return MEANING[form];
}

export function formName(form: FormName | null): string {
  return form === null ? 'none' : form === 'three_point' ? 'three-point' : form;
}

/** In short, behind a k that no measurement gives: what its law rests on. Empty where it lies among enough measured k. */
export function lawRemark(k: number, measured: readonly number[] | null): string {
  if (!measured) return '';
  if (measured.length < FEWEST_TO_JUDGE) return `by a law of only ${measured.length} points`;
  const last = Math.max(...measured);
  return k > last ? `by the law beyond k = ${last}` : '';
}

/** In short, where the base is the answer; of merges at a k that is not measured only a law speaks. */
export function baseRemark(restsOn: readonly number[] | null): string {
  return `no merge ${restsOn ? 'measured ' : ''}beats the base`;
}

/** Three parameters pass through any three points. */
export const FEWEST_TO_JUDGE = 4;

export function symbol(parameter: string): string {
  return parameter === 'Linf' ? 'L∞' : parameter;
}
