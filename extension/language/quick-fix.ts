import type { Diagnostic } from '../../core/experiment/diagnostic.ts';
import type { TextEdit } from './text-edit.ts';

export interface QuickFix {
  readonly title: string;
  /** `mend` belongs to a diagnostic of the text, `change` is offered besides. */
  readonly kind: 'mend' | 'change';
  readonly diagnostic?: Pick<Diagnostic, 'code' | 'range'>;
  /** Codes of statistical warnings that it would answer. */
  readonly codes: readonly string[];
  readonly edits: readonly TextEdit[];
}

/** None where there is no edit that makes it. */
export function change(
  title: string,
  edits: readonly TextEdit[] | null,
  codes: readonly string[] = [],
): QuickFix[] {
  return edits && edits.length > 0 ? [{ title, kind: 'change', codes, edits }] : [];
}
