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
    ...lasting(state),
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

/** A page outlives the moment and the machine that it was written at: what holds only there is left out. */
function lasting({ file, run, report, ensemble }: DashboardState): Partial<DashboardState> {
  const { done, failed, total } = (report ?? ensemble?.report)?.progress ?? { done: 0, failed: 0, total: 1 };
  const over = done + failed >= total ? 'done' : 'idle';
  const active = ['starting', 'queued', 'running', 'stopping'].includes(run.state);
  return {
    file: file.split(/[\\/]/).at(-1) ?? '',
    run: { state: active ? over : run.state, workers: [], pace: [] },
    plan: null,
    // Of this machine, and it names its folders.
    problem: null,
    host: 'file',
    trusted: true,
  };
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
