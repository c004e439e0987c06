/** How far a run is, by what is new in it: what was there when it began is not its work. */
import { count, counted } from './numbers.ts';

/** Models of the plan: merges and unmerged ones. */
export interface RunCounts {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  /** Of those done, how many were so when the run began. */
  readonly at_start: number;
}

/** `10 of 511 new models scored, 521 were there`; `10 of 511 models scored` where nothing was. */
export function scoredText({ done, total, at_start }: Omit<RunCounts, 'failed'>): string {
  if (at_start <= 0) return `${count(done)} of ${counted(total, 'model')} scored`;
  const scored = `${count(Math.max(0, done - at_start))} of ${counted(total - at_start, 'new model')} scored`;
  return `${scored}, ${count(at_start)} ${at_start === 1 ? 'was' : 'were'} there`;
}

/** Share of what is new that is over, failures too, in 0..1; 0 while nothing is known. */
export function shareOfNew({ done, failed, total, at_start }: RunCounts): number {
  const fresh = total - at_start;
  return fresh > 0 ? Math.min(1, Math.max(0, (done + failed - at_start) / fresh)) : 0;
}

/** `37%` of what is new: never 100% before the end. Empty while nothing is known. */
export function percentOfNew(counts: RunCounts): string {
  return counts.total > 0 ? `${Math.min(99, Math.floor(100 * shareOfNew(counts)))}%` : '';
}

/** Of workers that share a plan: as far as the one that has seen most, since the first of them began. */
export function countsOfWorkers(workers: readonly RunCounts[]): RunCounts {
  const most = (of: (worker: RunCounts) => number): number => Math.max(0, ...workers.map(of));
  return {
    done: most(({ done }) => done),
    failed: most(({ failed }) => failed),
    total: most(({ total }) => total),
    at_start: workers.length === 0 ? 0 : Math.min(...workers.map(({ at_start }) => at_start)),
  };
}
