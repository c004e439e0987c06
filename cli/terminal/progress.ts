import { createLogUpdate } from 'log-update';
import { lowestMerge, mergeAt } from '../../core/report/merge-table.ts';
import type { Report } from '../../core/report/report.ts';
import type { WorkerStatus } from '../../core/store/format.ts';
import { hasEnded, stateOfRun } from '../../core/store/status.ts';
import type { Update } from '../../runner/experiment-session.ts';
import { cellName } from '../../words/cell-name.ts';
import { count, loss } from '../../words/numbers.ts';
import { plain, plainLines } from '../../words/plain.ts';
import {
  countsOfWorkers,
  lastSeenText,
  leftText,
  type RunCounts,
  scoredText,
  shareOfNew,
} from '../../words/run-progress.ts';
import { bytes } from '../../words/units.ts';
import { curveOf, drawingOf } from '../report/curve-of.ts';
import { subsetText } from '../report/k-table.ts';
import { type Io, say } from './io.ts';
import type { Style } from './style.ts';
import { fittingParts } from './table.ts';

/** Shows a run while it goes on. On a terminal it redraws in place; elsewhere it says a line now and then. */
export interface ProgressView extends Disposable {
  update(update: Update): void;
  /** A line that stays above what is redrawn. */
  note(text: string): void;
}

/** @param endsEarly see `leftText` */
export function progressView(io: Io, endsEarly = false): ProgressView {
  return io.err.isTTY ? new LiveProgress(io, endsEarly) : new PlainProgress(io, endsEarly);
}

/** Says when the host goes out of reach, and when it is back. */
export function noteReach(view: ProgressView, { unreachable }: Update): void {
  if (unreachable) view.note(`${unreachable.message} Trying again.`);
  else if (unreachable === null) view.note('The host is back.');
}

class LiveProgress implements ProgressView {
  readonly #io: Io;
  readonly #log;
  #report: Report | undefined;
  readonly #endsEarly: boolean;
  #notes: string[] = [];

  constructor(io: Io, endsEarly: boolean) {
    this.#io = io;
    this.#endsEarly = endsEarly;
    this.#log = createLogUpdate(io.err);
  }

  update(update: Update): void {
    this.#report = update.report ?? this.#report;
    const style = this.#io.errStyle;
    const columns = Math.max(40, Math.min(this.#io.err.columns || this.#io.columns, 120));
    const lines = [
      ...this.#notes.map((note) => style.dim(note)),
      bar(update, style, columns, this.#endsEarly),
      ...(this.#report ? soFar(this.#report, style, columns) : []),
    ];
    this.#log(lines.join('\n'));
  }

  note(text: string): void {
    this.#notes = [...this.#notes.slice(-2), plainLines(text)];
  }

  [Symbol.dispose](): void {
    this.#log.clear();
    this.#log.done();
  }
}

/** At most one line for each tenth of the sweep, and one for each change of state. */
class PlainProgress implements ProgressView {
  readonly #io: Io;
  readonly #endsEarly: boolean;
  #said = '';

  constructor(io: Io, endsEarly: boolean) {
    this.#io = io;
    this.#endsEarly = endsEarly;
  }

  update(update: Update): void {
    const tenth = Math.floor(10 * shareOfNew(countsOf(update)));
    const worker = update.status[0];
    const mark = `${worker?.state ?? 'starting'} ${tenth}`;
    if (mark === this.#said) return;
    this.#said = mark;
    say(this.#io, statusLine(update, this.#endsEarly));
  }

  note(text: string): void {
    say(this.#io, text);
  }

  [Symbol.dispose](): void {}
}

/** What does not fit is left out from the end. */
export function bar(update: Update, style: Style, columns: number, endsEarly: boolean): string {
  const width = Math.max(10, Math.min(30, columns - 60));
  const filled = Math.floor(width * shareOfNew(countsOf(update)));
  const said = fittingParts(statusParts(update, endsEarly), BETWEEN, columns - width - 1);
  return `${style.cyan('█'.repeat(filled))}${style.dim('░'.repeat(width - filled))} ${said}`;
}

/** Of the run while it goes on, of all that there is once it has ended. */
function countsOf({ progress, status }: Update): RunCounts {
  const going = status.filter(({ state }) => !hasEnded(state));
  return { ...progress, at_start: countsOfWorkers(going).at_start };
}

/** `212 of 521 models scored · running when last seen, 2 min ago`: of a host out of reach nobody knows what is now. */
export function lastSeenLine(update: Update, seen: number | null, now: number): string {
  const parts = [scoredText(countsOf(update))];
  if (update.progress.failed > 0) parts.push(`${count(update.progress.failed)} failed`);
  const state = update.status.length === 0 ? '' : `${stateOfRun(update.status)} `;
  return [...parts, `${state}${lastSeenText(seen, now)}`].join(BETWEEN);
}

/** `212 of 521 models scored · 24 s left · cpu float32`, or why nothing moves. */
export function statusLine(update: Update, endsEarly = false): string {
  return statusParts(update, endsEarly).join(BETWEEN);
}

const BETWEEN = ' · ';

/** What matters most is first. */
function statusParts(update: Update, endsEarly: boolean): readonly string[] {
  const { failed } = update.progress;
  const parts = [scoredText(countsOf(update))];
  if (failed > 0) parts.push(`${count(failed)} failed`);
  const state = stateOfRun(update.status);
  const workers = update.status.filter((worker) => worker.state === state);
  const left = leftText(workers, endsEarly);
  if (state === 'queued') parts.push(`waiting for ${plain(workers[0]?.waiting_for ?? 'the device')}`);
  else if (state !== 'running') parts.push(state);
  else if (left !== '') parts.push(left);
  if (state === 'running') parts.push(...placeOf(workers), ...waitingBeside(update.status));
  return parts;
}

/** Why further workers do not work yet. */
function waitingBeside(status: readonly WorkerStatus[]): readonly string[] {
  const reasons = status.flatMap(({ state, waiting_for }) => (state === 'queued' && waiting_for) || []);
  return [...new Set(reasons)].map((reason) => `waiting for ${plain(reason, 200)}`);
}

/** `cpu float32 · 600 MB`; of several workers `2 workers on cpu float32 · 1.2 GB`. */
function placeOf(workers: readonly WorkerStatus[]): readonly string[] {
  const places = new Set(workers.map(({ device, dtype }) => `${plain(device)} ${dtype}`));
  const memory = workers.flatMap(({ memory_bytes }) => memory_bytes ?? []);
  return [
    `${workers.length > 1 ? `${workers.length} workers on ` : ''}${[...places].sort().join(', ')}`,
    ...(memory.length > 0 ? [bytes(memory.reduce((sum, one) => sum + one, 0))] : []),
  ];
}

function soFar(report: Report, style: Style, columns: number): string[] {
  const cell = report.cells[report.headline.cell ?? 0];
  if (!cell) return [];
  const lowest = lowestMerge(cell.merges);
  const best = lowest === null ? null : mergeAt(cell.merges, lowest);
  const lines: string[] = [];
  if (best)
    lines.push(
      `best so far ${loss(best.objective)}  ${style.dim(subsetText(report, best.members, Math.min(50, columns - 22)))}`,
    );
  const drawing = drawingOf(report, cell, style, columns);
  if (drawing) lines.push('', `${style.dim(cellName(report, cell))}`, drawing);
  const recommended = curveOf(cell)?.recommended_k;
  if (recommended) {
    const range =
      recommended.low === null || recommended.high === null
        ? ''
        : ` (${recommended.low}–${recommended.high})`;
    lines.push(`so far: k = ${recommended.k}${range}`);
  }
  return lines;
}
