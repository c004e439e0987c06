/** The answer, at the end of the line that every experiment has. */
import type { RecommendedK } from '../../core/law/curve.ts';
import type { Report } from '../../core/report/report.ts';
import { plusMinus } from '../../words/estimates.ts';
import { baseRemark, lawRemark } from '../../words/law.ts';
import { count, counted, percent } from '../../words/numbers.ts';
import { nameList, plain } from '../../words/plain.ts';
import { questionsOf } from '../../words/questions.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { type Hint, hintAtEnd } from './hint.ts';
import { headlineCell, objectiveCurve } from './report-cells.ts';

/** Null where the file has no experts, or nothing is measured yet. */
export function headlineHint(edited: EditedExperiment): Hint | null {
  const report = edited.state?.report;
  const line = edited.keyRange(['experts'])?.start.line;
  if (!report || line === undefined) return null;
  const text = headlineText(report);
  const tooltip = [report.headline.sentence, ...nextSteps(report)].join('\n');
  return text === null ? null : hintAtEnd(edited, line, text, tooltip);
}

/** `k = 4 (4–5), within 0.01 of the best · loss 0.728 ± 0.004 · pick algebra, code`; null before the first result. */
export function headlineText(report: Report): string | null {
  const { headline } = report;
  const { done, failed, total } = report.progress;
  const soFar = headline.state === 'complete' ? '' : ` · so far, ${count(done + failed)} of ${count(total)}`;
  const keepBase = headline.beats_base === false || headline.recommended_k?.k === 0;
  if (keepBase && !headline.subset)
    return [baseRemark(headline.rests_on), ...byText(report)].join(' · ') + soFar;
  const { recommended_k: typical, subset } = headline;
  const loss = headline.loss && `loss ${plusMinus(headline.loss)}`;
  const pick = subset && `pick ${subsetText(report.pool, subset)}`;
  // The subset to take may have another size than the typical merge that the law is about: its loss stands beside it.
  const parts = (
    subset && typical && subset.length !== typical.k
      ? [
          `${counted(subset.length, 'expert')}: ${subsetText(report.pool, subset)}`,
          loss,
          `typical ${kText(typical, headline.rests_on)}`,
        ]
      : [typical && kText(typical, headline.rests_on), loss, pick]
  ).filter((part) => part !== null);
  if (parts.length > 0) return [...parts, ...byText(report)].join(' · ') + soFar;
  if (done === 0) return null;
  return headline.state === 'complete'
    ? noKText(report)
    : `${count(done + failed)} of ${count(total)} scored, nothing to recommend yet`;
}

/** Each question that follows the answer, with its own. */
export function nextSteps(report: Report): readonly string[] {
  const cell = headlineCell(report);
  return cell ? questionsOf(report, cell).map(({ question, answer }) => `${question} ${answer}`) : [];
}

/** By whom it leaves out, where that is shorter. */
function subsetText(pool: readonly string[], subset: readonly string[]): string {
  const left = pool.filter((name) => !subset.includes(name));
  if (left.length === 0 && pool.length > 2) return `all ${pool.length}`;
  return left.length > 0 && left.length + 2 < subset.length
    ? `all but ${nameList(left, 12)}`
    : nameList(subset, 12);
}

/** Which method and size the answer is of, where there are others. */
function byText(report: Report): readonly string[] {
  const cell = headlineCell(report);
  if (!cell || report.cells.length < 2) return [];
  const at = report.sizes.length > 1 ? ` at ${plain(cell.size, 24)}` : '';
  return [`by ${plain(cell.label)}${at}`];
}

/** The reason that the headline's sentence gives too. */
function noKText(report: Report): string {
  const reason = objectiveCurve(headlineCell(report))?.reasons['recommended_k'];
  return reason === undefined ? 'no recommended k' : `no recommended k: ${reason}`;
}

function kText(recommended: RecommendedK, restsOn: readonly number[] | null): string {
  return [kWithInterval(recommended), lawRemark(recommended.k, restsOn), goalText(recommended)]
    .filter(Boolean)
    .join(', ');
}

/** `k = 4 (4–5)` */
export function kWithInterval({ k, low, high }: Pick<RecommendedK, 'k' | 'low' | 'high'>): string {
  if (low === null) return `k = ${k}`;
  if (high === null) return `k = ${k} (${low} or more)`;
  return low === high ? `k = ${k} (${low} alone)` : `k = ${k} (${low}–${high})`;
}

export function goalText({ rule, value }: Pick<RecommendedK, 'rule' | 'value'>): string {
  switch (rule) {
    case 'within':
      return `within ${value} of the best`;
    case 'return':
      return `${percent(value)} of the improvement`;
    case 'epsilon':
      return `within ${value} of the floor`;
    default:
      return rule satisfies never;
  }
}
