/** What is asked of an answer next, with what the study says. */
import type { Cell, Report } from '../core/report/report.ts';
import type { CellStudy, MeasuredWeights } from '../core/report/study/study.ts';
import { below, estimated } from './estimates.ts';
import { addSentence, dropSentence } from './neighbours.ts';
import { loss } from './numbers.ts';
import { nameList, plain } from './plain.ts';
import { bestStep, bestStepSentence } from './step-length.ts';

export interface Question {
  readonly question: string;
  readonly answer: string;
}

/** Those that have an answer; none until the numbers are complete. */
export function questionsOf(report: Report, cell: Cell): readonly Question[] {
  const { study, pool } = report;
  const own = study?.cells[report.cells.indexOf(cell)];
  if (!own) return [];
  const { neighbours } = own;
  const step = bestStep(report, cell.size);
  const [best] = measuredWeightsIn(own);
  return [
    { question: 'Which one can I drop?', answer: neighbours ? dropSentence(neighbours, pool) : '' },
    {
      question: 'What would one more buy, added to these?',
      answer: neighbours ? addSentence(neighbours, pool) : '',
    },
    { question: 'What does another step length buy?', answer: step ? bestStepSentence(step, pool) : '' },
    { question: 'What do weights buy?', answer: best ? measuredWeightsSentence(best, pool) : '' },
  ].filter(({ answer }) => answer !== '');
}

/** Weights that were merged and scored, lowest loss first. */
export function measuredWeightsIn({ predicted }: CellStudy): readonly MeasuredWeights[] {
  return predicted?.kind === 'predicted' ? predicted.measured_weights : [];
}

function measuredWeightsSentence(
  { weights, loss: own, gain }: MeasuredWeights,
  pool: readonly string[],
): string {
  return `Merged with ${weightList(weights, pool)}: loss ${estimated(own)}, on the same samples ${below(gain)} the best measured subset.`;
}

/** Largest first; those that round to nothing are left out. */
export function weightList(weights: readonly number[], pool: readonly string[]): string {
  const named = weights
    .map((weight, d) => ({ weight, d }))
    .filter(({ weight }) => Math.abs(weight) >= 0.005)
    .sort((a, b) => b.weight - a.weight)
    .map(({ weight, d }) => `${plain(pool[d] ?? '', 28)} ${loss(weight, 2)}`);
  return nameList(named, 12);
}
