/** Laws of a pool's oracle over its summed parameters P (billions) or its number of models k, as people read them. */
import type { PoolForm, PoolFormFit } from '../core/ensemble/study-types.ts';
import { interval } from './estimates.ts';
import { loss, NONE, significant } from './numbers.ts';

const NAMES: Readonly<Record<PoolForm, string>> = {
  power_floor: 'power law with a floor',
  power: 'power law',
  logarithm: 'logarithm',
  saturating: 'saturating in k',
  flat: 'flat',
};

export function poolFormName(form: PoolForm): string {
  return NAMES[form];
}

/** `0.412 + 0.0831·P^−0.31` */
export function poolFormula({ form, parameters }: Pick<PoolFormFit, 'form' | 'parameters'>): string {
  const text = (name: string) => significant(parameters[name] ?? Number.NaN, 3);
  const level = (name: string) => loss(parameters[name] ?? Number.NaN);
  switch (form) {
    case 'power_floor':
      return `${level('floor')} + ${text('scale')}·P^−${text('exponent')}`;
    case 'power':
      return `${text('scale')}·P^−${text('exponent')}`;
    case 'logarithm':
      return `${level('level')} − ${text('slope')}·ln P`;
    case 'saturating':
      return `${level('floor')} + ${text('scale')}/(k + ${text('offset')})`;
    case 'flat':
      return level('level');
    default:
      return form satisfies never;
  }
}

/** Its floor with the interval, where it has one. */
export function floorText({ parameters, intervals, misfit }: PoolFormFit): string {
  if (misfit) return 'does not fit';
  const floor = parameters['floor'];
  return floor === undefined ? NONE : `${loss(floor)} (${interval(intervals['floor'] ?? [null, null])})`;
}

/** Bits per byte at a budget. @param P billions of parameters @param k models of the pool */
export function poolLawAt(
  { form, parameters }: Pick<PoolFormFit, 'form' | 'parameters'>,
  P: number,
  k: number,
): number {
  const value = (name: string) => parameters[name] ?? Number.NaN;
  switch (form) {
    case 'power_floor':
      return value('floor') + value('scale') * P ** -value('exponent');
    case 'power':
      return value('scale') * P ** -value('exponent');
    case 'logarithm':
      return value('level') - value('slope') * Math.log(P);
    case 'saturating':
      return value('floor') + value('scale') / (k + value('offset'));
    case 'flat':
      return value('level');
    default:
      return form satisfies never;
  }
}
