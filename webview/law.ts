/** A fitted law as a line: its formula at any k, with the parameters that the Report gives. */
import type { LawCurve } from '../core/law/curve.ts';

export type Law = (k: number) => number;

/** Null where nothing is fitted or a parameter has no finite value. */
export function lawOf({ form, parameters }: Pick<LawCurve, 'form' | 'parameters'>): Law | null {
  if (form === null || parameters === null) return null;
  const value = (name: string): number => parameters[name] ?? Number.NaN;
  const [floor, A] = [value('Linf'), value('A')];
  const law = ((): Law => {
    switch (form) {
      case 'paper':
      case 'signed':
      case 'three_point':
        return (k) => floor + A / (k + value('b'));
      case 'quadratic':
        return (k) => floor + A / k + value('C') / k ** 2;
      case 'power':
        return (k) => floor + A * k ** -value('p');
      case 'flat':
        return () => floor;
      default:
        return form satisfies never;
    }
  })();
  return Number.isFinite(law(1)) || Number.isFinite(law(2)) ? law : null;
}

/** k from `first` to `last` in steps fine enough for a smooth line, every whole k among them. */
export function fineSteps(first: number, last: number): number[] {
  const each = Math.max(1, Math.min(12, Math.ceil(120 / Math.max(1, last - first))));
  const steps: number[] = [];
  for (let i = 0; i <= (last - first) * each; i++) steps.push(first + i / each);
  return steps;
}
