import type { Interrupts } from './terminal/interrupts.ts';
import type { Io } from './terminal/io.ts';

/** 0 done (perhaps with warnings), 1 the work failed, 2 the input cannot be used, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 130;

/** Options that every command takes. */
export interface CommonOptions {
  readonly json: boolean;
  /** Where merges run, in place of what the file says. */
  readonly on?: string;
  /** Whatever must be agreed to for a host is agreed to. */
  readonly yes?: boolean;
}

export interface Context {
  readonly io: Io;
  /** Aborted by Ctrl-C, except while somebody listens to `interrupts`. */
  readonly signal: AbortSignal;
  readonly interrupts: Interrupts;
}
