import type { SortColumn } from '../../merges/arrange.ts';
import type { Scope } from '../../state/view.ts';
import type { SubsetColumn } from './subset-columns.ts';

/** What the grid of merges shows. */
export interface GridContent {
  readonly scope: Scope;
  readonly columns: readonly SubsetColumn[];
  /** Rows of the merge table in the order to show. */
  readonly rows: Uint32Array;
  readonly sort: { readonly by: SortColumn; readonly descending: boolean };
  /** Row of the merge table. */
  readonly picked: number | null;
}
