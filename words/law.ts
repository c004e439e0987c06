/** The forms of the law, named and written as formulas. */

const FORMULA = {
  paper: 'L(k) = L∞ + A/(k + b), b ≥ 0',
  signed: 'L(k) = L∞ + A/(k + b)',
  quadratic: 'L(k) = L∞ + A/k + C/k²',
  power: 'L(k) = L∞ + A·k^−p',
  flat: 'L(k) = L∞',
  three_point: 'L(k) = L∞ + A/(k + b), exact through three points',
} as const;

export type FormName = keyof typeof FORMULA;

export function formula(form: FormName): string {
  return FORMULA[form];
}

export function formName(form: FormName | null): string {
  return form === null ? 'none' : form === 'three_point' ? 'three-point' : form;
}

export function symbol(parameter: string): string {
  return parameter === 'Linf' ? 'L∞' : parameter;
}
