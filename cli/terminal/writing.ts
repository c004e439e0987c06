import type { Writing } from '../../runner/session-types.ts';
import { writingText } from '../../words/units.ts';
import { type Io, say } from './io.ts';

const TELL_MS = 2_000;

/** How far models are that are written, or on their way from or to a host. Nothing of what is there at once. */
export function tellWriting(io: Io): (writing: Writing) => void {
  let said = performance.now();
  return (writing) => {
    if (performance.now() - said < TELL_MS) return;
    said = performance.now();
    say(io, writingText(writing));
  };
}
