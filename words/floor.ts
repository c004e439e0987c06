/** The floor of a law, L∞, as people read it. */
import type { LawCurve } from '../core/law/curve.ts';
import { interval, lossDigits } from './estimates.ts';
import { loss } from './numbers.ts';

type Floored = Pick<LawCurve, 'parameters' | 'intervals' | 'warnings'>;

const UNKNOWN = 'not identified';

/** A number that the data do not fix would only mislead: it may lie below zero, or further down than the whole curve falls. */
export function isFloorKnown({ parameters, warnings }: Floored): boolean {
  return parameters !== null && !warnings.some(({ code }) => code === 'floor_not_identified');
}

/** `0.713 (0.70 to 0.72)`, or that the data do not fix it; empty without a law. */
export function floorText(curve: Floored): string {
  const floor = curve.parameters?.['Linf'];
  if (floor === undefined) return '';
  if (!isFloorKnown(curve)) return UNKNOWN;
  const limits = curve.intervals?.['Linf'];
  if (!limits || (limits[0] === null && limits[1] === null)) return loss(floor);
  const digits = lossDigits(...limits);
  return `${loss(floor, digits)} (${interval(limits, digits)})`;
}
