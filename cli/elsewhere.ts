/** What is here of runs on hosts that were not asked about: their copies beside the store that was. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { wrongHostName } from '../core/hosts/host.ts';
import { ProblemError } from '../core/problem.ts';
import { EnsembleSession } from '../runner/ensemble/ensemble-session.ts';
import { ExperimentSession } from '../runner/experiment-session.ts';
import { lastNews } from '../runner/hosts/mirror-files.ts';
import { runsOf } from '../runner/run-folders.ts';
import { count } from '../words/numbers.ts';
import { plain } from '../words/plain.ts';
import { lastSeenText } from '../words/run-progress.ts';
import { type Io, say } from './terminal/io.ts';

export interface Elsewhere {
  readonly host: string;
  readonly done: number;
  readonly total: number;
  /** Milliseconds since 1970; null where no run was heard of. */
  readonly seen: number | null;
}

type Session = Pick<ExperimentSession | EnsembleSession, 'file' | 'kind' | 'store' | 'target'>;

/**
 * Hosts whose copies hold more of a file than its store here, where no place was named and the file means this machine.
 * Starts no Python and reaches for nothing.
 */
export async function elsewhere(
  session: Session,
  on: string | undefined,
  done: number,
): Promise<readonly Elsewhere[]> {
  if (on !== undefined || session.target !== 'local') return [];
  const found: Elsewhere[] = [];
  for (const host of hostsBeside(session.store)) {
    const copy = await copyOf(session, host);
    if (copy && copy.done > done) found.push(copy);
  }
  return found;
}

/** `On gpu-box: 329 of 521 when last seen, 2 min ago: --on gpu-box` */
export function elsewhereText({ host, done, total, seen }: Elsewhere, now: number): string {
  const name = plain(host);
  return `On ${name}: ${count(done)} of ${count(total)} ${lastSeenText(seen, now)}: --on ${name}`;
}

/** Says so beside a report that has less. */
export async function sayElsewhere(
  io: Io,
  session: Session,
  on: string | undefined,
  done: number,
): Promise<void> {
  for (const copy of await elsewhere(session, on, done)) say(io, elsewhereText(copy, Date.now()));
}

/** Says so, too, where nothing can be told of what is here, e.g. because the models are on a host alone. */
export async function orElsewhere<T>(
  io: Io,
  session: Session,
  on: string | undefined,
  tell: () => Promise<T>,
): Promise<T> {
  try {
    return await tell();
  } catch (error) {
    await sayElsewhere(io, session, on, 0);
    throw error;
  }
}

function hostsBeside(store: string): readonly string[] {
  try {
    return readdirSync(path.dirname(store))
      .filter((name) => wrongHostName(name) === null)
      .sort();
  } catch {
    return [];
  }
}

async function copyOf({ file, kind }: Session, on: string): Promise<Elsewhere | null> {
  const options = { on, readOnly: true };
  try {
    const session = await (kind === 'ensemble' ? EnsembleSession : ExperimentSession).open(file, options);
    try {
      const { plan, look } = await session.look();
      if (!plan || !look) return null;
      const { done, total } = look.progress;
      const run = runsOf(session.store, plan.id)[0]?.run;
      return { host: on, done, total, seen: run === undefined ? null : lastNews(session.store, run) };
    } finally {
      await session.dispose();
    }
  } catch (error) {
    // What is wrong with a host that nobody asked about is told to whoever asks.
    if (error instanceof ProblemError) return null;
    throw error;
  }
}
