/** What the merges that are missing will take: measured where like ones were, else as `prepare` judged. */
import { statfsSync } from 'node:fs';
import { expectedResultBytes } from '../core/design/grow.ts';
import { ProblemError } from '../core/problem.ts';
import type { Prepared } from '../core/store/format.ts';
import type { Look, PlanOutline } from './analysis-messages.ts';
import type { PlanEstimate } from './session-types.ts';

export function estimatePlan(plan: PlanOutline, prepared: Prepared, look: Look, store: string): PlanEstimate {
  const { estimate } = prepared;
  const missing = look.missing.reduce((sum, group) => sum + group.count, 0);
  const samples = Object.fromEntries(
    Object.values(prepared.evaluations).map(({ id, samples }) => [id, samples]),
  );
  const perMerge = expectedResultBytes({ header: plan.header, lines: [null] }, samples);
  const measured = look.missing.some((group) => group.seconds !== null);
  return {
    seconds: expectedSeconds(prepared, look),
    memory_bytes: estimate?.memory_bytes ?? null,
    available_memory_bytes: estimate?.available_memory_bytes || null,
    disk_bytes: missing * perMerge,
    free_disk_bytes: freeDisk(store),
    basis: measured ? 'merges measured here' : (estimate?.basis ?? 'nothing measured yet'),
  };
}

/** Null as soon as one group of merges is neither measured nor judged. */
function expectedSeconds(prepared: Prepared, look: Look): number | null {
  let sum = 0;
  for (const { size, count, seconds } of look.missing) {
    const like = look.missing.find((group) => group.size === size && group.seconds !== null);
    const each = seconds ?? like?.seconds ?? prepared.estimate?.seconds_per_merge[size];
    if (each === undefined || each === null) return null;
    sum += count * each;
  }
  return sum;
}

/** Throws `disk_too_small` where the results cannot fit. Memory is judged by `prepare`, beside the models. */
export function refuseWhatCannotFit(
  estimate: Pick<PlanEstimate, 'disk_bytes' | 'free_disk_bytes'>,
  store: string,
): void {
  const { disk_bytes: needed, free_disk_bytes: free } = estimate;
  if (free === null || needed <= free) return;
  const mb = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  throw new ProblemError({
    code: 'disk_too_small',
    message: `The results of this plan need about ${mb(needed)}; the disk has ${mb(free)} free.`,
    fix: 'Free some space, or move the experiment to a larger disk.',
    file: store,
  });
}

export function freeDisk(store: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(store);
    return bavail * bsize;
  } catch {
    return null;
  }
}
