/** How far a run is, by what is new in it: what was there when it began is not its work. */
import type { WorkerStatus } from '../core/store/format.ts';
import { count, counted } from './numbers.ts';
import { roughly } from './units.ts';

/** Models of the plan: merges and unmerged ones. */
export interface RunCounts {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  /** How many were done or failed for good before the run began. */
  readonly at_start: number;
  /** How many of all are pools whose logits are averaged. */
  readonly pools?: number;
}

/** `12 models`, `12 models and 3 pools`. */
export function modelsAndPools(total: number, pools = 0): string {
  const models = counted(total - pools, 'model');
  return pools > 0 ? `${models} and ${counted(pools, 'pool')}` : models;
}

/**
 * `10 of 511 new models done, 521 were there`; `10 of 511 models scored` where nothing was. Which of the new are
 * pools is not known: `1 of 3 new done, 12 were there`.
 * @param bound `at most ` where a run may end before all of them
 */
export function scoredText(counts: RunCounts, bound = ''): string {
  const { done, total, at_start, pools = 0 } = counts;
  if (at_start <= 0 && pools > 0)
    return done === total
      ? `${modelsAndPools(total, pools)} scored`
      : `${count(done)} of ${count(total)} models and pools scored`;
  if (at_start <= 0) return `${count(done)} of ${bound}${counted(total, 'model')} scored`;
  const { settled, of } = newIn(counts);
  const what = pools > 0 ? `${count(of)} new` : counted(of, 'new model');
  const fresh = of === 0 ? 'Nothing new to do' : `${count(settled)} of ${bound}${what} done`;
  return `${fresh}, ${count(at_start)} ${at_start === 1 ? 'was' : 'were'} there`;
}

/** What is new, and how much of it is over: scored, or failed for good. */
export function newIn({ done, failed, total, at_start }: RunCounts): {
  readonly settled: number;
  readonly of: number;
} {
  const of = Math.max(0, total - at_start);
  return { settled: Math.min(of, Math.max(0, done + failed - at_start)), of };
}

/** Share of what is new that is over, failures too, in 0..1; 0 while nothing is known. */
export function shareOfNew(counts: RunCounts): number {
  const { settled, of } = newIn(counts);
  return of > 0 ? settled / of : 0;
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

/**
 * Seconds until workers that share what is left are through with it, each by its own pace; null while none has one.
 * `seconds_left` of a worker is what it would take alone.
 */
export function secondsLeft(workers: readonly Pick<WorkerStatus, 'state' | 'seconds_left'>[]): number | null {
  const alone = workers.flatMap(({ state, seconds_left }) =>
    state === 'running' && seconds_left !== null ? [seconds_left] : [],
  );
  if (alone.length === 0) return null;
  return 1 / alone.reduce((pace, seconds) => pace + 1 / seconds, 0);
}

/**
 * `at most 20 s left`; empty while nobody knows.
 * @param endsEarly the run ends by itself once its means are known well enough, so that all that is left is the most
 */
export function leftText(
  workers: readonly Pick<WorkerStatus, 'state' | 'seconds_left'>[],
  endsEarly: boolean,
): string {
  const seconds = secondsLeft(workers);
  return seconds === null ? '' : `${endsEarly ? 'at most ' : ''}${roughly(seconds)} left`;
}

/**
 * `when last seen, 2 min ago`; of a host that nothing was heard of, `as far as is known here`.
 * @param seen milliseconds since 1970, as `now` is
 */
export function lastSeenText(seen: number | null, now: number): string {
  if (seen === null) return 'as far as is known here';
  return `when last seen, ${roughly(Math.max(0, now - seen) / 1000)} ago`;
}
