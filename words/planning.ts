import { count } from './numbers.ts';

export interface Cost {
  /** Null where the price of an expert is not known. */
  readonly gpu_hours: number | null;
  /** Experts times billions of parameters. */
  readonly expert_billions: number;
}

/** In GPU-hours, or in experts times billions of parameters while their price is not known. */
export function costText({ gpu_hours: hours, expert_billions: units }: Cost): string {
  return hours === null ? ofUnit(units, 'expert-billion') : ofUnit(hours, 'GPU-hour');
}

/** Three digits: two would round 24.4 hours into a budget of 24. */
function ofUnit(value: number, unit: string): string {
  const text = value >= 1000 ? count(Math.round(value)) : `${Number(value.toPrecision(3))}`;
  return `${text} ${unit}${text === '1' ? '' : 's'}`;
}
