/** Edits that mend or complete the file, each so small that everything else in it stays as it is. */
import type { Path, Range } from '../../core/experiment/diagnostic.ts';
import type { TargetName } from '../../core/hosts/target-name.ts';
import { plain } from '../../words/plain.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { change, type QuickFix } from './quick-fix.ts';
import { headlineCell } from './report-cells.ts';
import { sweepFixes } from './sweep-fixes.ts';
import { targetFixes } from './target-fixes.ts';
import { overlap } from './text-lines.ts';
import { weightsFix } from './weights-fix.ts';
import { type Assignment, yamlEdits } from './yaml-edit.ts';

/** What can be done about what stands in a range. */
export function quickFixes(
  edited: EditedExperiment,
  range: Range,
  targets: readonly TargetName[] = [],
): readonly QuickFix[] {
  return [
    ...misspelt(edited, range),
    ...(isOn(edited, range, [['target']]) ? targetFixes(edited, targets) : []),
    ...(isOn(edited, range, [['goals'], ['experts']]) ? pickFix(edited) : []),
    ...(isOn(edited, range, [['sweep'], ['methods']]) ? sweepFixes(edited) : []),
    ...(isOn(edited, range, [['merge'], ['experts']]) ? [...mergeFix(edited), ...weightsFix(edited)] : []),
  ];
}

function misspelt({ parsed, lines }: EditedExperiment, range: Range): QuickFix[] {
  return parsed.diagnostics.flatMap((diagnostic): QuickFix[] => {
    const { suggestion, range: wrong, code } = diagnostic;
    if (suggestion === undefined || !overlap(wrong, range)) return [];
    return [
      {
        title: `Write ${plain(suggestion)} instead of ${plain(lines.slice(wrong))}`,
        kind: 'mend',
        diagnostic: { code, range: wrong },
        codes: [],
        edits: [{ range: wrong, newText: suggestion }],
      },
    ];
  });
}

/** Whether a range touches one of the sections; of `experts`, which may be long, its first line. */
function isOn(edited: EditedExperiment, range: Range, sections: readonly Path[]): boolean {
  return sections.some((path) => {
    const key = edited.keyRange(path);
    if (!key) return false;
    const value = path[0] === 'experts' ? null : edited.valueRange(path);
    const end = edited.lines.lineEnd((value ?? key).end.line);
    return overlap({ start: { line: key.start.line, column: 1 }, end }, range);
  });
}

function pickFix(edited: EditedExperiment): QuickFix[] {
  const recommended = edited.state?.report?.headline.recommended_k?.k ?? 0;
  const { parsed } = edited;
  if (recommended < 1 || !parsed.experiment || parsed.experiment.goals.pick === recommended) return [];
  const edits = yamlEdits(edited.text, [{ section: 'goals', key: 'pick', value: recommended }]);
  return change(`Set pick to ${recommended}, the recommended k`, edits);
}

function mergeFix(edited: EditedExperiment): QuickFix[] {
  const { report, stale } = edited.state ?? {};
  const { experiment } = edited.parsed;
  const cell = report ? headlineCell(report) : null;
  const subset = report?.headline.subset;
  if (!report || stale || !experiment || !cell || !subset) return [];
  if (!subset.every((name) => experiment.pool.includes(name))) return [];
  const { merge } = experiment;
  const size = experiment.sizes.some(({ name }) => name === 'default') ? null : cell.size;
  const isThere =
    merge?.method === cell.spec.method &&
    merge.size === size &&
    merge.subset?.length === subset.length &&
    merge.subset.every((name) => subset.includes(name));
  if (isThere) return [];
  const assignments: Assignment[] = [
    { section: 'merge', key: 'method', value: cell.spec.method },
    ...(size === null ? [] : [{ section: 'merge', key: 'size', value: size }]),
    { section: 'merge', key: 'subset', value: subset, instead: 'weights' },
    ...(merge?.out ? [] : [{ section: 'merge', key: 'out', value: './merged' }]),
  ];
  return change('Fill merge with the recommended subset', yamlEdits(edited.text, assignments));
}
