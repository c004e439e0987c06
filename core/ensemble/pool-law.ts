import type { Interval } from '../law/curve.ts';
import type { Estimated } from '../selection/estimated.ts';
import type { EnsembleData } from './data.ts';
import { FEWEST_BUDGETS, fitLaw } from './fit-law.ts';
import { type Errors, estimateOf, type JudgedNumbers } from './law-errors.ts';
import type { Places } from './pool-forms.ts';
import { bits } from './rows.ts';
import type { BudgetPoint, PoolForm, PoolFormFit, PoolLaw } from './types.ts';

/** Parameters that are losses; the others have no unit, or that of the offset. */
const LOSSES: ReadonlySet<string> = new Set(['floor', 'scale', 'level', 'slope']);

/** The forms with their intervals, best held-out error first. `y`: nats per byte. */
export function poolLaw(
  points: readonly BudgetPoint[],
  places: Places,
  y: readonly number[],
  judged: JudgedNumbers,
  data: EnsembleData,
): PoolLaw {
  const law = fitLaw(places, y);
  if (!law)
    return {
      points,
      forms: [],
      reason: `A law needs ${FEWEST_BUDGETS} different budgets; there are ${points.length}.`,
    };
  const forms = law.fits.map(({ form, parameters, rss }, i): PoolFormFit => {
    const all = (errors: Errors) => intervalsOf(form, Object.keys(parameters), judged, data, errors);
    return {
      form,
      parameters: inBits(parameters),
      intervals: all('models'),
      family_intervals: judged.withoutFamilies.length > 0 ? all('families') : null,
      held_out: bits(law.heldOut[i] as number),
      rmse: bits(Math.sqrt(rss / y.length)),
    };
  });
  return { points, forms: forms.sort((a, b) => a.held_out - b.held_out), reason: null };
}

export function inBits(parameters: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, LOSSES.has(name) ? bits(value) : value]),
  );
}

/** Of `prefix.name`. */
export function intervalsOf(
  prefix: PoolForm | 'single',
  names: readonly string[],
  judged: JudgedNumbers,
  data: EnsembleData,
  errors: Errors,
): Record<string, Interval> {
  return Object.fromEntries(
    names.map((name) => [name, intervalOf(name, estimateOf(`${prefix}.${name}`, judged, data, errors))]),
  );
}

/** No parameter goes below zero; one that stands there is not limited above by how it varies. */
function intervalOf(name: string, estimate: Estimated | null): Interval {
  if (!estimate || estimate.low === null || estimate.high === null) return [null, null];
  if (estimate.value <= 0) return [0, null];
  const scale = LOSSES.has(name) ? bits : (value: number) => value;
  return [Math.max(0, scale(estimate.low)), scale(estimate.high)];
}
