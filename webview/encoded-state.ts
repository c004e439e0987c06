/** Writes a state into a page; `page/state/decode-state.ts` reads it there. */
import { Buffer } from 'node:buffer';
import type { MergeTable } from '../core/report/report.ts';
import type { DashboardState } from './messages.ts';
import type { Columns, StateInPage, TableInPage } from './state-in-page.ts';

/** JSON that can stand in a `<script>` element: nothing in it ends the element or a line of script. */
export function encodeState(state: DashboardState): string {
  const { report } = state;
  const encoded: StateInPage = {
    ...state,
    // Only a host needs it, and it names folders of this machine.
    uri: '',
    report: report && {
      ...report,
      cells: report.cells.map((cell) => ({ ...cell, merges: encodeTable(cell.merges) })),
    },
  };
  return JSON.stringify(encoded).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function encodeTable({ count, members, seed, objective, domains, design }: MergeTable): TableInPage {
  return {
    count,
    members: base64(members),
    seed: base64(seed),
    objective: base64(objective),
    domains: base64(domains),
    design: base64(design),
  };
}

function base64(array: Columns[keyof Columns]): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');
}
