import type { Range } from '../../core/experiment/diagnostic.ts';

/** Ranges are those of the text before any edit; edits of one list never overlap. */
export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}
