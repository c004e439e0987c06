/** A report as one page that opens in any browser, without a network. */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../../core/problem.ts';
import type { AnyReport } from '../../runner/analysis-messages.ts';
import { writeAtomically } from '../../runner/write-atomically.ts';
import { encodeState } from '../../webview/encoded-state.ts';
import { dashboardHtml } from '../../webview/html.ts';
import { dashboardFiles } from './dashboard-files.ts';

/** Every page that we write begins so: others are never written over. */
const MARK = '<div id="merge-lab">';

/** Where it goes if nobody says: beside the experiment. */
export function pageBeside(experiment: string): string {
  return `${experiment.replace(/(\.mergelab)?\.ya?ml$/i, '')}.report.html`;
}

/**
 * @param experiment absolute path of its file
 * @param to absolute path of the page
 * @param now milliseconds since 1970
 * @returns the page's size in bytes
 * @throws ProblemError `page_not_built`, `not_a_report_page`, and what writing meets
 */
export async function writePage(
  report: AnyReport,
  experiment: string,
  to: string,
  now: number,
): Promise<number> {
  refuseOthers(to);
  const { script, style } = await dashboardFiles();
  const { done, failed, total } = report.progress;
  const page = dashboardHtml({
    title: report.name,
    script: { text: script },
    styles: [{ text: style }],
    nonce: 'merge-lab',
    source: null,
    experiment: null,
    state: encodeState({
      name: report.name,
      file: path.basename(experiment),
      ...(report.kind === 'ensemble' ? { report: null, ensemble: { report } } : { report, ensemble: null }),
      stale: null,
      run: { state: done + failed >= total ? 'done' : 'idle', workers: [], pace: [] },
      plan: null,
      problem: null,
      updated: now,
      host: 'file',
      trusted: true,
    }),
  });
  writeAtomically(to, page);
  return Buffer.byteLength(page);
}

/** A page of ours may be replaced by a newer one; nothing else is. */
function refuseOthers(to: string): void {
  if (!existsSync(to) || (statSync(to).isFile() && isOurs(to))) return;
  const folder = statSync(to).isDirectory();
  throw new ProblemError({
    code: 'not_a_report_page',
    message: folder
      ? `${to} is a folder.`
      : `${to} is there already, and it is no report that merge-lab has written.`,
    fix: folder ? 'Name a file in it.' : 'Name another file, or remove that one.',
    file: to,
  });
}

function isOurs(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    // The mark stands behind the page's styles, which are some 30 kB.
    const start = Buffer.alloc(200_000);
    const length = readSync(handle, start, 0, start.length, 0);
    return start.subarray(0, length).includes(MARK);
  } finally {
    closeSync(handle);
  }
}
