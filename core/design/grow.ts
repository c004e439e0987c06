/** Plans that grow: what is new in one, what is tried again, and the bytes that it will take. */
import type { MergeKey, Plan, PlanHeader } from '../store/format.ts';
import type { Sweep } from './sweep.ts';

export interface Growth {
  /** Distinct merges of the plan. */
  readonly total: number;
  /** Of them, how many the store has. */
  readonly known: number;
  readonly new: number;
}

/** How many merges of a plan are still to be made. */
export function growthOf(plan: Pick<Plan, 'lines'>, known: { has(key: MergeKey): boolean }): Growth {
  const keys = new Set(plan.lines.map((line) => line.key));
  let found = 0;
  for (const key of keys) if (known.has(key)) found += 1;
  return { total: keys.size, known: found, new: keys.size - found };
}

/** The plan with another two attempts for failed merges. */
export function retryMerges(plan: Sweep, keys: ReadonlySet<MergeKey>): Sweep {
  return {
    header: plan.header,
    lines: plan.lines.map((line) => (keys.has(line.key) ? { ...line, retry: (line.retry ?? 0) + 1 } : line)),
  };
}

/** Bytes of one result line beside its samples: keys, numbers, device, check. */
const LINE_BYTES = 340;
const FLOAT32_IN_BASE64 = 16 / 3;
const LARGEST_PER_SAMPLE = 1000;

/**
 * Bytes that the results of a plan will take, an upper bound where samples are not known.
 *
 * @param samples by evaluation id
 */
export function expectedResultBytes(
  plan: { readonly header: Pick<PlanHeader, 'evaluations'>; readonly lines: readonly unknown[] },
  samples: Readonly<Record<string, number>> = {},
): number {
  const perMerge = Object.values(plan.header.evaluations).reduce((bytes, evaluation) => {
    const count = Math.min(samples[evaluation] ?? LARGEST_PER_SAMPLE, LARGEST_PER_SAMPLE);
    return bytes + LINE_BYTES + Math.ceil(count * FLOAT32_IN_BASE64);
  }, 0);
  return plan.lines.length * perMerge;
}
