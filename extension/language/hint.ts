import type { Position } from '../../core/experiment/diagnostic.ts';
import { plainLines } from '../../words/plain.ts';
import type { EditedExperiment } from './edited-experiment.ts';

/** Text beside the text, always behind the last character of a line, so that nothing of the file moves. */
export interface Hint {
  readonly position: Position;
  readonly text: string;
  /** Plain text. */
  readonly tooltip: string;
}

/** A hint at the end of a line; marked where the numbers are not those of the text as it stands. */
export function hintAtEnd(
  { lines, state }: EditedExperiment,
  line: number,
  text: string,
  tooltip: string,
): Hint {
  const stale = state?.stale ?? null;
  return {
    position: lines.lineEnd(line),
    text: stale === null ? text : `~ ${text}`,
    tooltip: plainLines(stale === null ? tooltip : `${stale}\n${tooltip}`),
  };
}
