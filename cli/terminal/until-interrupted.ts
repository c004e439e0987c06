import type { WorkerStatus } from '../../core/store/format.ts';
import type { Following } from '../../runner/session-types.ts';
import type { Io } from './io.ts';
import type { ProgressView } from './progress.ts';

export interface Interruptible {
  /** What the run ends after, where it is asked to stop: a merge, a model. */
  readonly unit: string;
  /** Ctrl-C leaves the run alone instead of stopping it. */
  readonly leave: boolean;
  readonly stop: (now: boolean) => Promise<void>;
}

/**
 * The last status of a run that is followed; null when Ctrl-C left it. Else the first Ctrl-C asks it to stop, the second
 * to stop at once.
 */
export async function untilInterrupted(
  io: Io,
  view: ProgressView,
  { finished }: Following,
  { unit, leave, stop }: Interruptible,
): Promise<WorkerStatus | null> {
  if (io.err.isTTY)
    view.note(leave ? 'Ctrl-C leaves; the run goes on.' : `Ctrl-C stops after the current ${unit}.`);
  let interrupts = 0;
  let left: () => void = () => {};
  const leaving = new Promise<null>((resolve) => {
    left = () => resolve(null);
  });
  const interrupt = (): void => {
    interrupts += 1;
    if (leave) {
      left();
      return;
    }
    view.note(
      interrupts === 1
        ? `Stopping after the current ${unit}; press Ctrl-C again to stop at once.`
        : 'Stopping at once.',
    );
    stop(interrupts > 1).catch((error: unknown) => view.note(String(error)));
  };
  process.on('SIGINT', interrupt);
  try {
    return await Promise.race([finished, leaving]);
  } finally {
    process.off('SIGINT', interrupt);
  }
}
