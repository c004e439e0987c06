/** The trade at the margin: what one more expert saves for its cost, against the next larger size. */
import type { Estimated } from '../selection/estimated.ts';
import { type Budget, isWithin } from './budget.ts';
import type { PlannedSize } from './planning.ts';

/** From one place in the plane of sizes and k to another. */
export interface Step {
  readonly size: string;
  readonly k: number;
  /** Loss that it saves, nats; negative where it loses. */
  readonly saves: Estimated;
  readonly expert_billions: number;
  readonly gpu_hours: number | null;
  /** Nats saved for each GPU-hour, or for each expert-billion where h is not known. */
  readonly per_cost: Estimated;
  /** By itself within the budget; not what was spent before. */
  readonly allowed: boolean;
}

export interface Place {
  readonly size: string;
  readonly k: number;
}

export interface Margin extends Place {
  /** One more expert of the same size; null at the end of the pool. */
  readonly expert: Step | null;
  /** As many experts, trained at the next larger size; null at the largest. */
  readonly larger: Step | null;
  /** Which surely saves more for its cost. */
  readonly better: 'expert' | 'larger' | null;
  /** Why `better` is null though there are two. */
  readonly open: 'no_interval' | 'overlap' | 'neither_saves' | null;
}

/** Loss at the first place minus loss at the second, nats; null where it cannot be said. */
export type Saving = (from: Place, to: Place) => Estimated | null;

/** @param sizes ascending */
export function marginAt(sizes: readonly PlannedSize[], budget: Budget, at: Place, saving: Saving): Margin {
  const index = sizes.findIndex(({ name }) => name === at.size);
  const step = (size: PlannedSize | undefined, k: number, experts: number): Step | null => {
    if (!size?.losses.some((each) => each.k === k) || experts === 0) return null;
    const saves = saving(at, { size: size.name, k });
    return saves && stepTo(size, k, experts, saves, budget);
  };
  const expert = index < 0 ? null : step(sizes[index], at.k + 1, 1);
  const larger = index < 0 ? null : step(sizes[index + 1], at.k, at.k);
  return { ...at, expert, larger, ...verdictOf(expert, larger) };
}

function stepTo(
  { name, parameters, memory_bytes }: PlannedSize,
  k: number,
  experts: number,
  saves: Estimated,
  budget: Budget,
): Step {
  const h = budget.hours_per_expert_per_billion;
  const expert_billions = (experts * parameters) / 1e9;
  const gpu_hours = h === null ? null : h * expert_billions;
  const per_cost = over(saves, gpu_hours ?? expert_billions);
  const allowed = isWithin(budget, { parameters, memory_bytes, gpu_hours });
  return { size: name, k, saves, expert_billions, gpu_hours, per_cost, allowed };
}

function over({ value, low, high }: Estimated, cost: number): Estimated {
  return {
    value: value / cost,
    low: low === null ? null : low / cost,
    high: high === null ? null : high / cost,
  };
}

/** By intervals that do not overlap: stricter than a test of the difference, whose two sides share their samples. */
function verdictOf(expert: Step | null, larger: Step | null): Pick<Margin, 'better' | 'open'> {
  if (!expert || !larger) return { better: null, open: null };
  const [a, b] = [expert.per_cost, larger.per_cost];
  // A loss divided by a large cost is a small loss: that recommends nothing.
  if (surelyMore(a, b)) return { better: 'expert', open: null };
  if (surelyMore(b, a)) return { better: 'larger', open: null };
  if (a.low === null || a.high === null || b.low === null || b.high === null)
    return { better: null, open: 'no_interval' };
  return { better: null, open: a.low <= 0 && b.low <= 0 ? 'neither_saves' : 'overlap' };
}

/** The two ends that face each other are enough. */
function surelyMore(one: Estimated, other: Estimated): boolean {
  return one.low !== null && other.high !== null && one.low > Math.max(0, other.high);
}
