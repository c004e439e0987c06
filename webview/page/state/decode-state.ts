/** The other side of `webview/encoded-state.ts`. */
import type { MergeTable } from '../../../core/report/report.ts';
import type { DashboardState } from '../../messages.ts';
import type { StateInPage, TableInPage } from '../../state-in-page.ts';

/** @throws SyntaxError where the text is not such a state */
export function decodeState(text: string): DashboardState {
  const encoded = JSON.parse(text) as StateInPage;
  const { report } = encoded;
  return {
    ...encoded,
    ensemble: encoded.ensemble ?? null,
    report: report && {
      ...report,
      cells: report.cells.map((cell) => ({ ...cell, merges: decodeTable(cell.merges) })),
    },
  };
}

function decodeTable({ count, members, seed, objective, domains, design }: TableInPage): MergeTable {
  return {
    count,
    members: new Uint32Array(decoded(members)),
    seed: new Float64Array(decoded(seed)),
    objective: new Float64Array(decoded(objective)),
    domains: new Float64Array(decoded(domains)),
    design: new Uint8Array(decoded(design)),
  };
}

function decoded(base64: string): ArrayBuffer {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}
