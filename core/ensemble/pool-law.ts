import type { Interval } from '../law/curve.ts';
import type { Estimated } from '../selection/estimated.ts';
import type { EnsembleData } from './data.ts';
import { FEWEST_BUDGETS, fitLaw } from './fit-law.ts';
import { type Errors, estimateOf, type JudgedNumbers, ownP } from './law-errors.ts';
import { residualName } from './law-numbers.ts';
import type { Places } from './pool-forms.ts';
import { bits, estimateInBits } from './rows.ts';
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
    const misfit = misfitOf(form, points, judged, data);
    const names = Object.keys(parameters);
    const all = (errors: Errors) =>
      misfit ? withoutEnds(names) : intervalsOf(form, names, judged, data, errors);
    return {
      form,
      parameters: inBits(parameters),
      intervals: all('models'),
      family_intervals: judged.withoutFamilies.length > 0 ? all('families') : null,
      held_out: bits(law.heldOut[i] as number),
      rmse: bits(Math.sqrt(rss / y.length)),
      misfit,
    };
  });
  return { points, forms: forms.sort((a, b) => a.held_out - b.held_out), reason: null };
}

/** Laws that the points' own errors speak against more clearly than this, over all points together, do not fit. */
const MISFIT = 0.01;

/** The largest budget whose point the form misses by more than that point's own error. */
function misfitOf(
  form: PoolForm,
  points: readonly BudgetPoint[],
  judged: JudgedNumbers,
  data: EnsembleData,
): PoolFormFit['misfit'] {
  const at = points.findLastIndex((_, i) => {
    const p = ownP(residualName(form, i), judged, data);
    return p !== null && p < MISFIT / points.length;
  });
  const residual = at < 0 ? null : estimateOf(residualName(form, at), judged, data, 'points');
  return residual && { parameters: points[at]?.parameters ?? 0, residual: estimateInBits(residual) };
}

/** A law that does not fit has no parameters to be sure of. */
export function withoutEnds(names: readonly string[]): Record<string, Interval> {
  return Object.fromEntries(names.map((name) => [name, [null, null]]));
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

/** No parameter but a level goes below zero; one that stands there is not limited above by how it varies. */
function intervalOf(name: string, estimate: Estimated | null): Interval {
  if (!estimate || estimate.low === null || estimate.high === null) return [null, null];
  const scale = LOSSES.has(name) ? bits : (value: number) => value;
  if (name === 'level') return [scale(estimate.low), scale(estimate.high)];
  if (estimate.value <= 0) return [0, null];
  return [Math.max(0, scale(estimate.low)), scale(estimate.high)];
}
