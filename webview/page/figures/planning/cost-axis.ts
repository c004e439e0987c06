/** What training costs, on a logarithmic axis whose left end is the base: no expert, no cost. */
import type { Option, Planning } from '../../../../core/planning/planning.ts';
import { costText } from '../../../../words/planning.ts';
import type { Axis } from '../figure.ts';
import { decades } from '../log-axis.ts';

export interface CostAxis {
  readonly axis: Axis;
  readonly at: (option: Option) => number;
  readonly limit: { readonly at: number; readonly label: string } | null;
}

/** Decades from the cheapest expert to the base, for the eye alone. */
const BASE_APART = 0.3;
const ROOM = 0.12;

/** In GPU-hours, or in expert-billions while an hour's worth is not known; null where no expert is known. */
export function costAxis({ options, budget }: Planning): CostAxis | null {
  const costOf = ({ gpu_hours, expert_billions }: Option) => gpu_hours ?? expert_billions;
  const logs = options.map((option) => Math.log10(costOf(option))).filter(Number.isFinite);
  if (logs.length === 0) return null;
  const priced = budget.hours_per_expert_per_billion !== null;
  const limit = priced && budget.gpu_hours !== null && budget.gpu_hours > 0 ? budget.gpu_hours : null;
  const reach = limit === null ? logs : [...logs, Math.log10(limit)];
  const [low, high] = [Math.min(...reach), Math.max(...reach)];
  const base = low - BASE_APART;
  const [min, max] = [base - ROOM, high + ROOM];
  const ticks = [{ at: base, label: '0' }, ...decades(low, max)];
  const title = priced ? 'training, GPU-hours' : 'training, experts × billions of parameters';
  return {
    axis: { title, ticks, min, max, least: min, most: max },
    at: (option) => (option.k === 0 ? base : Math.log10(costOf(option))),
    limit: limit === null ? null : { at: Math.log10(limit), label: limitLabel(limit) },
  };
}

function limitLabel(hours: number): string {
  return `Limit: ${costText({ gpu_hours: hours, expert_billions: 0 })}`;
}
