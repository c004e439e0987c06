/** What the lines `k`, `subsets`, `pick`, `within`, `return`, `epsilon`, `budget` and `downstream` give now. */

import type { Path } from '../../core/experiment/diagnostic.ts';
import type { Goal } from '../../core/experiment/experiment.ts';
import { bestInShort } from '../../core/planning/sentences.ts';
import type { Report } from '../../core/report/report.ts';
import { estimated, plusMinus } from '../../words/estimates.ts';
import { baseRemark, lawRemark } from '../../words/law.ts';
import { counted, loss } from '../../words/numbers.ts';
import { nameList } from '../../words/plain.ts';
import { precisionInShort, precisionSentence } from '../../words/precision.ts';
import { downstreamHints } from './downstream-hints.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { kWithInterval } from './headline.ts';
import { type Hint, hintAtEnd } from './hint.ts';
import { headlineCell, objectiveCurve } from './report-cells.ts';

interface GoalNote {
  readonly text: string;
  readonly tooltip: string;
}

export function goalHints(edited: EditedExperiment, report: Report): Hint[] {
  const rules = (['within', 'return', 'epsilon'] as const).map((rule) => ({
    path: ['goals', rule],
    note: ruleNote(edited, report, rule),
  }));
  const places: readonly { readonly path: Path; readonly note: GoalNote | null }[] = [
    { path: ['sweep', 'k'], note: kNote(edited, report) },
    { path: ['sweep', 'subsets'], note: precisionNote(report) },
    { path: ['goals', 'pick'], note: pickNote(edited, report) },
    ...rules,
  ];
  const ofPlaces = places.flatMap(({ path, note }): Hint[] => {
    const key = edited.keyRange(path);
    if (!key || !note) return [];
    return [hintAtEnd(edited, (edited.valueRange(path) ?? key).end.line, note.text, note.tooltip)];
  });
  return [...ofPlaces, ...budgetHint(edited, report), ...downstreamHints(edited, report)];
}

/** Beside the key, since what it limits may follow on lines of its own. */
function budgetHint(edited: EditedExperiment, report: Report): Hint[] {
  const key = edited.keyRange(['budget']);
  const planning = report.study?.planning;
  if (!key || !planning || !edited.experiment?.budget) return [];
  return [hintAtEnd(edited, key.end.line, bestInShort(planning), planning.sentences.join('\n'))];
}

function ruleNote(edited: EditedExperiment, report: Report, rule: Goal['rule']): GoalNote | null {
  const recommended = report.headline.recommended_k;
  if (recommended?.rule === rule) {
    const remark = lawRemark(recommended.k, report.headline.rests_on);
    return recommended.k === 0
      ? { text: baseRemark(report.headline.rests_on), tooltip: report.headline.sentence }
      : {
          text: [kWithInterval(recommended), remark].filter(Boolean).join(' '),
          tooltip: `The smallest k that meets this goal, on the typical curve${remark && `, ${remark}`}.`,
        };
  }
  const reason = objectiveCurve(headlineCell(report))?.reasons['recommended_k'];
  const isSought = edited.experiment?.goals.goal.rule === rule;
  if (recommended || !isSought || reason === undefined || report.headline.state !== 'complete') return null;
  return { text: 'no k', tooltip: reason };
}

function kNote(edited: EditedExperiment, report: Report): GoalNote | null {
  const plan = edited.state?.plan;
  const cells = report.cells.reduce((sum, { progress }) => sum + progress.total, 0);
  const merges = plan ? plan.total - plan.unmerged : cells;
  if (merges === 0) return null;
  const measured = objectiveCurve(headlineCell(report))?.points.map(({ k }) => k) ?? [];
  const text = `${report.precision ? 'at most ' : ''}${counted(merges, 'merge')}`;
  return {
    text,
    tooltip: measured.length === 0 ? text : `${text}; measured so far: k = ${measured.join(', ')}.`,
  };
}

function precisionNote({ precision }: Report): GoalNote | null {
  return precision && { text: precisionInShort(precision), tooltip: precisionSentence(precision) };
}

function pickNote(edited: EditedExperiment, report: Report): GoalNote | null {
  const pick = edited.experiment?.goals.pick ?? null;
  const selection = headlineCell(report)?.selection;
  const chosen = selection?.recommended ?? null;
  if (pick === null || !selection) return null;
  if (chosen?.k !== pick) {
    return selection.reason === null ? null : { text: 'no subset', tooltip: selection.reason };
  }
  const behind = chosen.behind.value > 0 ? ` · ${loss(chosen.behind.value)} behind the best` : '';
  const names = chosen.members.map((member) => report.pool[member] ?? '?');
  return {
    text: `loss ${plusMinus(chosen.cross_fitted)}${behind}`,
    tooltip: [
      `${nameList(names)}: ${estimated(chosen.cross_fitted)} nats per token, cross-fitted.`,
      chosen.behind.value > 0
        ? `The best chosen subset of any size is better by ${estimated(chosen.behind)}.`
        : 'No chosen subset of another size is better.',
    ].join('\n'),
  };
}
