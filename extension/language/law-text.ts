/** A fitted law in words and symbols. */
import type { LawCurve } from '../../core/law/curve.ts';
import { interval, lossDigits } from '../../words/estimates.ts';
import { floorText, isFloorKnown } from '../../words/floor.ts';
import { symbol } from '../../words/law.ts';
import { loss } from '../../words/numbers.ts';
import { millinats } from '../../words/units.ts';

/** `L∞ 0.713 · A 0.078 · b 0.69`, in words where the data leave the floor open; empty where nothing is fitted. */
export function lawInShort(curve: LawCurve): string {
  return Object.entries(curve.parameters ?? {})
    .map(([name, value]) => {
      const isOpen = name === 'Linf' && !isFloorKnown(curve);
      return `${symbol(name)} ${isOpen ? floorText(curve) : inline(name, value)}`;
    })
    .join(' · ');
}

/** Shapes have two decimals, losses three. Parameters of a curve that hardly bends may be huge. */
function inline(name: string, value: number): string {
  if (Math.abs(value) >= 1000) return loss(value, 0);
  return loss(value, name === 'b' || name === 'p' ? 2 : 3);
}

/** The formula with its values: `L(k) = 0.713 + 0.078/(k + 0.69)`; null where nothing is fitted. */
export function formula({ form, parameters, intervals }: LawCurve): string | null {
  if (form === null || parameters === null) return null;
  const value = (name: string) => {
    const limits = intervals?.[name];
    return loss(parameters[name] ?? Number.NaN, limits ? lossDigits(...limits) : 3);
  };
  const plus = (name: string) => {
    const text = value(name);
    return text.startsWith('−') ? ` − ${text.slice(1)}` : ` + ${text}`;
  };
  switch (form) {
    case 'paper':
    case 'signed':
    case 'three_point':
      return `L(k) = ${value('Linf')}${plus('A')}/(k${plus('b')})`;
    case 'quadratic':
      return `L(k) = ${value('Linf')}${plus('A')}/k${plus('C')}/k²`;
    case 'power':
      return `L(k) = ${value('Linf')}${plus('A')}·k^−${value('p')}`;
    case 'flat':
      return `L(k) = ${value('Linf')}`;
    default:
      return form satisfies never;
  }
}

export interface LawParameter {
  readonly symbol: string;
  readonly value: string;
  readonly interval: string;
}

export function lawParameters(curve: LawCurve): readonly LawParameter[] {
  const { parameters, intervals } = curve;
  return Object.entries(parameters ?? {}).map(([name, value]) => {
    if (name === 'Linf' && !isFloorKnown(curve))
      return { symbol: symbol(name), value: floorText(curve), interval: '' };
    const limits = intervals?.[name];
    const digits = limits ? lossDigits(...limits) : 3;
    return {
      symbol: symbol(name),
      value: loss(value, digits),
      interval: limits ? interval(limits, digits) : '',
    };
  });
}

/** `R² 0.9998 · rmse 0.12 mnat`: how closely the law follows its points. */
export function fitText({ r2, rmse }: LawCurve): string {
  return [r2 === null ? '' : `R² ${loss(r2, 4)}`, rmse === null ? '' : `rmse ${millinats(rmse)}`]
    .filter(Boolean)
    .join(' · ');
}
