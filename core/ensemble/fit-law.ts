import { FEWEST, type FittedForm, fitForm, type Places, POOL_FORMS } from './pool-forms.ts';

/** All forms on one curve. */
export interface FittedLaw {
  readonly fits: readonly FittedForm[];
  /** Root mean square error over budgets beyond those fitted, by form; the units of the losses. */
  readonly heldOut: readonly number[];
}

/** Fewer budgets leave too little to hold out. */
export const FEWEST_BUDGETS = 6;

/**
 * Each form is judged by rolling origin: fitted to the first 4, 5, … points, it foretells all larger budgets.
 * Null with fewer than six points.
 */
export function fitLaw(places: Places, y: ArrayLike<number>): FittedLaw | null {
  const n = places.P.length;
  if (n < FEWEST_BUDGETS) return null;
  return {
    fits: POOL_FORMS.map((form) => fitForm(form, places, y)),
    heldOut: POOL_FORMS.map((form) => {
      let [sum, count] = [0, 0];
      for (let origin = FEWEST; origin < n; origin++) {
        const { predict } = fitForm(form, places, y, origin);
        for (let i = origin; i < n; i++) {
          sum += ((y[i] as number) - predict(places.P[i] as number, places.k[i] as number)) ** 2;
          count += 1;
        }
      }
      return Math.sqrt(sum / count);
    }),
  };
}

/** By how much the best rival's held-out error exceeds that of the better power law: above zero speaks for a power law. */
export function powerLawLead({ heldOut }: FittedLaw): number {
  const of = (isPower: boolean) =>
    Math.min(...heldOut.filter((_, i) => (POOL_FORMS[i] ?? '').startsWith('power') === isPower));
  return of(false) - of(true);
}
