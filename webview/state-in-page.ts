/** A state as it lies in a page: merges by column as base64, so that 65,535 of them stay exact and compact. */
import type { Cell, MergeTable, Report } from '../core/report/report.ts';
import type { DashboardState } from './messages.ts';

export type Columns = Omit<MergeTable, 'count'>;

/** Little-endian, as all machines are that run this. */
export interface TableInPage extends Readonly<Record<keyof Columns, string>> {
  readonly count: number;
}

export type StateInPage = Omit<DashboardState, 'report'> & {
  readonly report:
    | (Omit<Report, 'cells'> & {
        readonly cells: readonly (Omit<Cell, 'merges'> & { readonly merges: TableInPage })[];
      })
    | null;
};
