/** What the runs of a store say of themselves, read from `runs/`: no Python is needed to look. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Problem, ProblemError } from '../core/problem.ts';
import type { PlanId, WorkerStatus } from '../core/store/format.ts';
import { hasEnded, parseEvents, parseStatus, type RunEvent } from '../core/store/status.ts';
import { type HostWord, hostWord } from './hosts/mirror-files.ts';
import { type ProcessIdentity, processLives } from './process-alive.ts';

export interface RunFolder {
  readonly run: string;
  readonly plan: PlanId;
  /** In the order of worker ids. */
  readonly status: readonly WorkerStatus[];
  /** Whether any of its processes lives; null where that cannot be known from this machine. */
  readonly alive: boolean | null;
  /** Workers whose processes are known to be gone. */
  readonly gone: ReadonlySet<string>;
  /** It goes on on a host, which alone knows of its process. */
  readonly isElsewhere: boolean;
}

/** Of all runs and written merges of a store, the newest first: a cheap look at whether there is anything new. */
export function runNames(store: string): readonly string[] {
  return names(path.join(store, 'runs'))
    .filter((name) => !name.startsWith('.'))
    .sort()
    .reverse();
}

/** Runs of a plan, the newest first: ids begin with the time. Merges written to folders are no runs. */
export function runsOf(store: string, plan: PlanId): readonly RunFolder[] {
  return runNames(store).flatMap((run) => {
    const folder = readRun(store, run);
    return folder !== null && folder.plan === plan ? [folder] : [];
  });
}

/** Null for a folder that is no run of a plan. */
export function readRun(store: string, run: string): RunFolder | null {
  const folder = path.join(store, 'runs', run);
  const events = readEvents(folder);
  const job = events.find((event) => typeof event['job'] === 'string')?.['job'] ?? 'run';
  // Before the statuses: what is gone by now has written its last word.
  const word = hostWord(store, run);
  const lives = word === undefined ? livesOf(events) : livesBy(word);
  const status = names(path.join(folder, 'status'))
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .sort()
    .flatMap((name) => readStatus(path.join(folder, 'status', name)) ?? []);
  const plan = events.find((event) => typeof event['plan'] === 'string')?.['plan'] ?? status[0]?.plan;
  if (job !== 'run' || typeof plan !== 'string') return null;
  const alive = [true, null, false].find((one) => lives.some((life) => life.alive === one)) ?? null;
  const gone = status.filter(
    ({ worker }) => alive === false || lives.some((life) => life.worker === worker && life.alive === false),
  );
  return {
    run,
    plan: plan as PlanId,
    status,
    alive,
    gone: new Set(gone.map(({ worker }) => worker)),
    isElsewhere: word !== undefined,
  };
}

/** Works, or waits for its device: not ended, and not known to be dead. */
export function isActive(run: RunFolder): boolean {
  if (run.alive === false) return false;
  return run.status.length === 0 ? run.alive === true : run.status.some(({ state }) => !hasEnded(state));
}

/** The statuses as they are, except that a worker whose process is gone has failed, whatever it said last; or was
 * stopped, where it had been told to go at once. */
export function truthful(store: string, run: RunFolder): readonly WorkerStatus[] {
  if (run.gone.size === 0) return run.status;
  const told = isAskedToStopNow(store, run.run);
  return run.status.map((status) => {
    if (!run.gone.has(status.worker) || hasEnded(status.state)) return status;
    if (told) return { ...status, state: 'stopped', current: null, problem: null };
    return { ...status, state: 'failed', current: null, problem: died(store, run.run) };
  });
}

/** For a process that ended without saying why: the last it wrote may tell. */
export function died(store: string, run: string): Problem {
  const log = path.join(store, 'runs', run, 'agent.log');
  const words = existsSync(log) ? readFileSync(log, 'utf8').trim().slice(-500) : '';
  return {
    code: 'run_died',
    message: `Run ${run} was killed or crashed.${words ? ` Its last words: ${words}` : ''}`,
    fix: 'Run again; finished merges are kept.',
    file: log,
  };
}

/** Whether anybody asked it to end. */
export function isAskedToStop(store: string, run: string): boolean {
  const folder = path.join(store, 'runs', run, 'control');
  return ['stop', 'stop-now'].some((name) => existsSync(path.join(folder, name)));
}

export function isAskedToStopNow(store: string, run: string): boolean {
  return existsSync(path.join(store, 'runs', run, 'control', 'stop-now'));
}

/** Leaves the wish for the run to find: after the current merge, or at once. */
export function askToStop(store: string, run: string, now: boolean): void {
  const folder = path.join(store, 'runs', run, 'control');
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, now ? 'stop-now' : 'stop'), '');
  } catch (cause) {
    throw new ProblemError(
      {
        code: 'store_not_writable',
        message: `The wish to stop cannot be written to ${folder}: ${cause instanceof Error ? cause.message : String(cause)}`,
        fix: 'Give yourself the right to write there, or end the process of the run.',
        file: folder,
      },
      { cause },
    );
  }
}

function readEvents(folder: string): readonly RunEvent[] {
  try {
    return parseEvents(readFileSync(path.join(folder, 'events.jsonl'), 'utf8'));
  } catch {
    return [];
  }
}

/** Of each process that a run has had; the worker is null where the process has not named it. */
function livesOf(events: readonly RunEvent[]) {
  return events.flatMap(({ worker, process }) => {
    const own = identity(process);
    if (!own) return [];
    return [{ worker: typeof worker === 'string' ? worker : null, alive: processLives(own) }];
  });
}

/** As the host says. */
function livesBy({ alive, gone }: HostWord) {
  return [{ worker: null, alive }, ...gone.map((worker) => ({ worker, alive: false }))];
}

function readStatus(file: string): WorkerStatus | null {
  try {
    return parseStatus(readFileSync(file, 'utf8'));
  } catch {
    // Replaced at this moment, or gone.
    return null;
  }
}

function identity(value: unknown): ProcessIdentity | null {
  const { host, space, pid, started } = (value ?? {}) as Partial<Record<keyof ProcessIdentity, unknown>>;
  if (typeof host !== 'string' || typeof space !== 'string') return null;
  if (typeof pid !== 'number' || typeof started !== 'string') return null;
  return { host, space, pid, started };
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
