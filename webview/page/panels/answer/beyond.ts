/** What the study adds to the answer: its neighbours, and what nobody has merged yet. */
import type { Cell, Report, Selection } from '../../../../core/report/report.ts';
import type { PredictedStudy } from '../../../../core/report/study/study.ts';
import { estimated, lossDigits } from '../../../../words/estimates.ts';
import { followUpsText } from '../../../../words/follow-ups.ts';
import { loss } from '../../../../words/numbers.ts';
import { nameList } from '../../../../words/plain.ts';
import { type Question, questionsOf, weightList } from '../../../../words/questions.ts';
import { bestWeightsText } from '../../../../words/weights.ts';

export interface Beyond {
  readonly questions: readonly Question[];
  /** Quiet lines: what is foretold. */
  readonly predicted: readonly string[];
  /** What is to be merged to tell, in words; empty where nothing is foretold to be better. */
  readonly verify: string;
}

export const NOTHING_BEYOND: Beyond = { questions: [], predicted: [], verify: '' };

/** Of the cell that the report answers for; empty until the numbers are complete. */
export function beyondOf(report: Report): Beyond {
  const { study, headline, cells, pool } = report;
  const own = headline.cell === null ? null : (study?.cells[headline.cell] ?? null);
  const cell = cells[headline.cell ?? -1];
  if (!own || !cell) return NOTHING_BEYOND;
  const { predicted } = own;
  return {
    questions: questionsOf(report, cell),
    predicted:
      predicted?.kind === 'predicted'
        ? [proposalLine(predicted, cell.selection, pool), weightsLine(predicted, cell, pool)].filter(Boolean)
        : [],
    verify: followUpsText(study?.follow_ups ?? []),
  };
}

/** Empty where no subset is foretold to be better than all that are measured. */
function proposalLine(
  { proposal }: PredictedStudy,
  selection: Selection | null,
  pool: readonly string[],
): string {
  const [first] = proposal;
  const measured = Math.min(...(selection?.chosen ?? []).map((chosen) => chosen.loss));
  if (!first || !(first.loss.value < measured)) return '';
  const digits = lossDigits(first.loss.low, first.loss.high);
  return `A better subset may be ${namesOf(first.members, pool)}: predicted loss ${estimated(first.loss)}, where the best measured one has ${loss(measured, digits)} on the same samples. Not measured yet.`;
}

/** Empty where weights are foretold to gain nothing, and where these were merged. */
function weightsLine({ weights: best }: PredictedStudy, cell: Cell, pool: readonly string[]): string {
  if (!best?.verify) return '';
  return `The ${bestWeightsText(cell.spec, best)} may gain ${estimated(best.gain)} over the best measured subset: ${weightList(best.weights, pool)}. Predicted, not measured yet.`;
}

function namesOf(members: readonly number[], pool: readonly string[]): string {
  return nameList(
    members.map((d) => pool[d] ?? ''),
    12,
  );
}
