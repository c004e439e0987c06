import { count } from './numbers.ts';

export interface Cost {
  /** Null where the price of an expert is not known. */
  readonly gpu_hours: number | null;
  /** Experts times billions of parameters. */
  readonly expert_billions: number;
}

/** In GPU-hours, or in experts times billions of parameters while their price is not known. */
export function costText({ gpu_hours: hours, expert_billions: units }: Cost): string {
  if (hours !== null) return `${amount(hours)} GPU-hour${hours === 1 ? '' : 's'}`;
  return `${amount(units)} expert-billions`;
}

function amount(value: number): string {
  return value >= 100 ? count(Math.round(value)) : `${Number(value.toPrecision(2))}`;
}
