import type { Problem } from '../problem.ts';

/** 1-based, as editors show it. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** From the first character to just behind the last. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export type Path = readonly (string | number)[];

/** Something to say about a place in the experiment file. */
export type Diagnostic = Problem & {
  readonly severity: 'error' | 'warning' | 'information';
  readonly range: Range;
  /** Of the value concerned; of the map that lacks it, where one is missing. */
  readonly path: Path;
  /** What was probably meant, to put in place of what stands there. */
  readonly suggestion?: string;
};
