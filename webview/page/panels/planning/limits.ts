/** The limits that can be tried out: what each is called, in which unit, and how far its slider reaches. */
import type { Budget } from '../../../../core/planning/budget.ts';
import type { Planning } from '../../../../core/planning/planning.ts';

export type LimitName = Exclude<keyof Budget, 'max_parameters'>;

export interface Limit {
  readonly name: LimitName;
  readonly label: string;
  readonly unit: string;
  /** What one of the unit is in the budget's. */
  readonly scale: number;
  /** In the unit. */
  readonly least: number;
  readonly most: number;
  readonly steps: 'equal' | 'ratios';
}

/** Positions of a slider. */
export const POSITIONS = 100;
const GUESSED_HOURS = 1000;
const MEMORY_UNITS = [
  { unit: 'GB', scale: 1e9 },
  { unit: 'MB', scale: 1e6 },
  { unit: 'kB', scale: 1e3 },
] as const;

/** @param planning the file's: reaches stay in place while other limits are tried */
export function limitsOf({ options, budget }: Planning): Limit[] {
  const hours = budget.hours_per_expert_per_billion ?? GUESSED_HOURS;
  const costs = options.map(({ expert_billions }) => expert_billions * hours).filter((cost) => cost > 0);
  const memory = options.map(({ memory_bytes }) => memory_bytes);
  const losses = options.map(({ loss }) => loss.value);
  const smallest = Math.min(...memory);
  const { unit, scale } = MEMORY_UNITS.find((each) => each.scale <= smallest) ?? MEMORY_UNITS[2];
  return [
    {
      ...{ name: 'gpu_hours', label: 'GPU-hours', unit: 'h', scale: 1, steps: 'ratios' },
      ...{ least: Math.min(...costs) / 2, most: Math.max(...costs) * 2 },
    },
    {
      ...{ name: 'hours_per_expert_per_billion', label: 'Hours per expert and billion parameters' },
      ...{ unit: 'h', scale: 1, steps: 'ratios', least: hours / 100, most: hours * 100 },
    },
    {
      ...{ name: 'memory_bytes', label: 'Memory for the weights', unit, scale, steps: 'ratios' },
      ...{ least: smallest / scale / 2, most: (Math.max(...memory) / scale) * 2 },
    },
    {
      ...{ name: 'target_loss', label: 'Target loss', unit: 'nats', scale: 1, steps: 'equal' },
      ...{ least: Math.min(...losses), most: Math.max(...losses) },
    },
  ];
}

/** Where the slider stands; at its end without a limit, and beyond its reach. */
export function positionOf({ least, most, steps, scale }: Limit, value: number | null): number {
  if (value === null) return POSITIONS;
  const shown = value / scale;
  const share =
    steps === 'equal' ? (shown - least) / (most - least) : Math.log(shown / least) / Math.log(most / least);
  return Number.isFinite(share) ? Math.round(POSITIONS * Math.min(1, Math.max(0, share))) : 0;
}

/** Two digits, as a slider can give; four of a loss. In the budget's unit. */
export function valueAt({ least, most, steps, scale }: Limit, position: number): number {
  const share = position / POSITIONS;
  const shown = steps === 'equal' ? least + share * (most - least) : least * (most / least) ** share;
  return Number(shown.toPrecision(steps === 'equal' ? 4 : 2)) * scale;
}

/** As typed, in the budget's unit; null = no limit, also where it is no number above zero. */
export function typedValue({ scale }: Limit, text: string): number | null {
  const value = Number(text.trim() || Number.NaN);
  return Number.isFinite(value) && value > 0 ? value * scale : null;
}

/** In its unit, as a number field takes it; empty without a limit. */
export function fieldText({ scale }: Limit, value: number | null): string {
  return value === null ? '' : `${Number((value / scale).toPrecision(6))}`;
}
