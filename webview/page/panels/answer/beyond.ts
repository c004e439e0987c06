/** What the study adds to the answer: its neighbours, and what nobody has merged yet. */
import type { Cell, Report, Selection } from '../../../../core/report/report.ts';
import type { PredictedStudy } from '../../../../core/report/study/study.ts';
import { below, estimated, lossDigits } from '../../../../words/estimates.ts';
import { followUpsText } from '../../../../words/follow-ups.ts';
import { addSentence, dropSentence } from '../../../../words/neighbours.ts';
import { loss } from '../../../../words/numbers.ts';
import { nameList, plain } from '../../../../words/plain.ts';
import { bestWeightsText } from '../../../../words/weights.ts';

export interface Beyond {
  readonly questions: readonly { readonly question: string; readonly answer: string }[];
  /** Quiet lines: what is foretold, and weights that were merged. */
  readonly predicted: readonly string[];
  /** What is to be merged to tell, in words; empty where nothing is foretold to be better. */
  readonly verify: string;
}

export const NOTHING_BEYOND: Beyond = { questions: [], predicted: [], verify: '' };

/** Of the cell that the report answers for; empty until the numbers are complete. */
export function beyondOf({ study, headline, cells, pool }: Report): Beyond {
  const own = headline.cell === null ? null : (study?.cells[headline.cell] ?? null);
  const cell = cells[headline.cell ?? -1];
  if (!own || !cell) return NOTHING_BEYOND;
  const { neighbours, predicted } = own;
  const asked = neighbours
    ? [
        { question: 'Which one can I drop?', answer: dropSentence(neighbours, pool) },
        { question: 'What would one more buy, added to these?', answer: addSentence(neighbours, pool) },
      ]
    : [];
  return {
    questions: asked.filter(({ answer }) => answer !== ''),
    predicted:
      predicted?.kind === 'predicted'
        ? [
            proposalLine(predicted, cell.selection, pool),
            measuredLine(predicted, pool),
            weightsLine(predicted, cell, pool),
          ].filter(Boolean)
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
  return `The ${bestWeightsText(cell.spec, best)} may gain ${estimated(best.gain)} over the best measured subset: ${weightsOf(best.weights, pool)}. Predicted, not measured yet.`;
}

/** The best of the weights that were merged. */
function measuredLine({ measured_weights: [best] }: PredictedStudy, pool: readonly string[]): string {
  if (!best) return '';
  return `Merged with weights, ${weightsOf(best.weights, pool)}: loss ${estimated(best.loss)}, on the same samples ${below(best.gain)} the best measured subset.`;
}

function weightsOf(weights: readonly number[], pool: readonly string[]): string {
  const named = weights
    .map((weight, d) => ({ weight, d }))
    .filter(({ weight }) => Math.abs(weight) >= 0.005)
    .sort((a, b) => b.weight - a.weight)
    .map(({ weight, d }) => `${plain(pool[d] ?? '', 28)} ${loss(weight, 2)}`);
  return nameList(named, 12);
}

function namesOf(members: readonly number[], pool: readonly string[]): string {
  return nameList(
    members.map((d) => pool[d] ?? ''),
    12,
  );
}
