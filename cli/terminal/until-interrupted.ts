import { problemOf } from '../../core/problem.ts';
import type { WorkerStatus } from '../../core/store/format.ts';
import type { Following } from '../../runner/session-types.ts';
import type { Context } from '../command.ts';
import { invocation } from '../invocation.ts';
import { problemText } from '../problem-text.ts';
import { type Io, say } from './io.ts';
import type { ProgressView } from './progress.ts';

export interface Interruptible {
  /** What the run ends after, where it is asked to stop: a merge, a model. */
  readonly unit: string;
  /** Ctrl-C leaves the run alone instead of stopping it. */
  readonly leave: boolean;
  readonly stop: (now: boolean) => Promise<void>;
}

/** Ctrl-C left a run that goes on, or one that was asked to stop and has not ended yet. */
export type Left = 'goes_on' | 'asked_to_stop';

/** A run that ended while it was followed. */
export interface Ended {
  readonly last: WorkerStatus;
  /** It was asked here to stop. */
  readonly isStoppedHere: boolean;
}

/**
 * How a run that is followed ended, or how Ctrl-C left it. Without `leave` the first Ctrl-C asks it to stop, the
 * second to stop at once, and the third leaves: whoever is to hear the wish may be out of reach.
 */
export async function untilInterrupted(
  { io, interrupts }: Pick<Context, 'io' | 'interrupts'>,
  view: ProgressView,
  { finished }: Following,
  { unit, leave, stop }: Interruptible,
): Promise<Ended | Left> {
  if (io.err.isTTY)
    view.note(leave ? 'Ctrl-C leaves; the run goes on.' : `Ctrl-C stops after the current ${unit}.`);
  let count = 0;
  let left: (how: Left) => void = () => {};
  const leaving = new Promise<Left>((resolve) => {
    left = resolve;
  });
  using _ = interrupts.listen(() => {
    count += 1;
    if (leave) left('goes_on');
    else if (count > 2) left('asked_to_stop');
    else {
      view.note(
        count === 1
          ? `Stopping after the current ${unit}; press Ctrl-C again to stop at once.`
          : 'Stopping at once; press Ctrl-C again to leave.',
      );
      stop(count > 1).catch((error: unknown) => view.note(problemText(problemOf(error), io.errStyle)));
    }
  });
  const ended = finished.then((last) => ({ last, isStoppedHere: count > 0 }));
  return await Promise.race([ended, leaving]);
}

/** @param again the command that goes on with it */
export function stoppedText({ isStoppedHere }: Pick<Ended, 'isStoppedHere'>, again: string): string {
  return `Stopped${isStoppedHere ? '' : ' from elsewhere'}. Nothing is lost. Go on with: ${again}`;
}

/** Says what becomes of a run that was left. */
export function sayLeft(io: Io, left: Left, file: string, on: string | undefined): void {
  say(
    io,
    left === 'goes_on'
      ? `Left; the run goes on. End it with: ${invocation(io.env, 'stop', file, on)}`
      : `Left; the run was asked to stop. A host that was out of reach hears it with: ${invocation(io.env, 'status', file, on)}`,
  );
}

/** A start that Ctrl-C cuts short may have come through: says how that is seen. */
export async function sayingWhereCut<T>(
  { io, signal }: Context,
  { file, on }: { readonly file: string; readonly on?: string },
  start: () => Promise<T>,
): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (signal.aborted)
      say(
        io,
        `Left while a run was started. Whether it goes on says: ${invocation(io.env, 'status', file, on)}`,
      );
    throw error;
  }
}
