/** Numbers beside methods, experts and goals. Several on one line become one hint at its end. */
import type { Attribution, Cell, Report, Selection } from '../../core/report/report.ts';
import { cellName } from '../../words/cell-name.ts';
import { estimated } from '../../words/estimates.ts';
import { goalsRemark } from '../../words/goals.ts';
import { counted, ordinal, signed } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { modelHints, poolHint } from './ensemble-hints.ts';
import { goalHints } from './goal-hints.ts';
import { type Hint, hintAtEnd } from './hint.ts';
import { fitText, formula, lawInShort } from './law-text.ts';
import { cellsOfMethods, headlineCell, objectiveCurve } from './report-cells.ts';

export type HintKind = 'methods' | 'experts' | 'goals';

export function hints(edited: EditedExperiment, kinds: ReadonlySet<HintKind>): readonly Hint[] {
  if (edited.ensemble) return ensembleHints(edited, kinds);
  const report = edited.state?.report;
  if (!report) return [];
  return [
    ...(kinds.has('experts') ? expertHints(edited, report) : []),
    ...(kinds.has('methods') ? methodHints(edited, report) : []),
    ...(kinds.has('goals') ? goalHints(edited, report) : []),
  ];
}

function ensembleHints(edited: EditedExperiment, kinds: ReadonlySet<HintKind>): readonly Hint[] {
  const pool = kinds.has('goals') ? poolHint(edited) : null;
  return [...(kinds.has('experts') ? modelHints(edited) : []), ...(pool ? [pool] : [])];
}

interface Note {
  readonly line: number;
  readonly name: string;
  readonly text: string;
  readonly tooltip: string;
}

function methodHints(edited: EditedExperiment, report: Report): Hint[] {
  const { experiment } = edited;
  if (!experiment) return [];
  const notes = cellsOfMethods(experiment, report).flatMap((cell, i): Note[] => {
    const range = edited.valueRange(['methods', i]);
    if (!cell || !range || !edited.lines.slice(range).includes(cell.spec.method)) return [];
    const text = methodText(cell, report);
    if (text === '') return [];
    return [{ line: range.end.line, name: plain(cell.label), text, tooltip: methodTooltip(cell, report) }];
  });
  return byLine(edited, notes, '  |  ');
}

function methodText(cell: Cell, report: Report): string {
  const curve = objectiveCurve(cell);
  const rivals = report.cells.filter(({ size, rank }) => size === cell.size && rank !== null).length;
  const rank = cell.rank === null || rivals < 2 ? '' : `${ordinal(cell.rank)} of ${rivals}`;
  return [curve ? lawInShort(curve) : '', rank].filter(Boolean).join(' · ');
}

function methodTooltip(cell: Cell, report: Report): string {
  const curve = objectiveCurve(cell);
  const { done, total } = cell.progress;
  return [
    `${plain(cellName(report, cell))}: ${curve ? (formula(curve) ?? 'no law yet') : 'no law yet'}`,
    curve ? fitText(curve) : '',
    cell.rank === null
      ? ''
      : 'Ranked by the typical loss on the same subsets, at the recommended k of the method that has the lowest at its own.',
    done < total ? `So far, with ${done} of ${counted(total, 'merge')} measured.` : '',
  ]
    .filter(Boolean)
    .join('\n');
}

function expertHints(edited: EditedExperiment, report: Report): Hint[] {
  const selection = headlineCell(report)?.selection;
  if (!selection) return [];
  const places = order(selection);
  const notes = report.pool.flatMap((name, index): Note[] => {
    const line = expertLine(edited, name);
    const attribution = selection.attribution[index] ?? null;
    const place = places.get(index);
    if (line === null || (!attribution && place === undefined)) return [];
    const text = [attribution ? signed(attribution.effect.value) : '', place ? tick(selection, place) : ''];
    const tooltip = expertTooltip(name, attribution, place, places.size);
    return [{ line, name: plain(name, 40), text: text.filter(Boolean).join(' '), tooltip }];
  });
  const excluded = report.excluded.flatMap((name): Note[] => {
    const line = expertLine(edited, name);
    const text = goalsRemark(report, name);
    const tooltip = `${plain(name)} is ${text}: no number here is of a merge with it.`;
    return line === null ? [] : [{ line, name: plain(name, 40), text, tooltip }];
  });
  return byLine(edited, [...notes, ...excluded], ' · ');
}

/** The line that names an expert of the pool: its entry in the map, or its item in the list. */
function expertLine(edited: EditedExperiment, name: string): number | null {
  const key = edited.keyRange(['experts', name]);
  if (key) return key.start.line;
  const item = edited.expertItems.get(name);
  return item === undefined ? null : (edited.valueRange(['experts', item])?.start.line ?? null);
}

/** `✓ 2nd`; no place while what one of them brings is not known. */
function tick({ attribution, recommended }: Selection, place: number): string {
  const isKnown = recommended?.members.every((member) => attribution[member]);
  return isKnown ? `✓ ${ordinal(place)}` : '✓';
}

/** Members of the recommended subset by what they bring, the most helpful first: index in the pool to place. */
function order({ recommended, attribution }: Selection): ReadonlyMap<number, number> {
  const effect = (member: number) => attribution[member]?.effect.value ?? Number.POSITIVE_INFINITY;
  const members = [...(recommended?.members ?? [])].sort((a, b) => effect(a) - effect(b) || a - b);
  return new Map(members.map((member, i) => [member, i + 1]));
}

function expertTooltip(
  name: string,
  attribution: Attribution | null,
  place: number | undefined,
  members: number,
): string {
  const effect = attribution
    ? `${plain(name)} changes the loss by ${estimated(attribution.effect, signed)} when added, against the average expert, over ${counted(attribution.comparisons, 'merge')} with it. Negative is better.`
    : '';
  const chosen =
    place === undefined
      ? `${plain(name)} is not in the recommended subset.`
      : `${plain(name)} is in the recommended subset${attribution ? `, ${ordinal(place)} of its ${members} by what it brings` : ''}.`;
  return [effect, chosen].filter(Boolean).join('\n');
}

function byLine(edited: EditedExperiment, notes: readonly Note[], separator: string): Hint[] {
  const lines = new Map<number, Note[]>();
  for (const note of notes) lines.set(note.line, [...(lines.get(note.line) ?? []), note]);
  return [...lines].map(([line, found]) => {
    const named = found.length > 1;
    const text = found.map((note) => (named ? `${note.name} ${note.text}` : note.text)).join(separator);
    return hintAtEnd(edited, line, text, found.map(({ tooltip }) => tooltip).join('\n'));
  });
}
