import type { Cell, Report } from '../../../core/report/report.ts';
import { mergeWeightsLine, namedWeights } from '../../../core/report/study/merge-weights.ts';
import type { CellStudy, PredictedStudy } from '../../../core/report/study/study.ts';
import { below, estimated } from '../../../words/estimates.ts';
import { followUpsText } from '../../../words/follow-ups.ts';
import { nameList, plainLines } from '../../../words/plain.ts';
import { millinats } from '../../../words/units.ts';
import { bestWeightsText } from '../../../words/weights.ts';
import type { Style } from '../../terminal/style.ts';
import { table, wrap } from '../../terminal/table.ts';

/** Best subsets and weights that nobody merged yet, or why none are foretold. */
export function predictedText(
  predicted: CellStudy['predicted'],
  report: Report,
  cell: Cell,
  style: Style,
  columns: number,
): string {
  if (!predicted) return '';
  const title = `  ${style.bold('Predicted')}  ${style.dim('not measured yet: merge and score before you rely on it')}`;
  if (predicted.kind === 'refused') {
    const { message, fix } = predicted.problem;
    return [title, wrap(plainLines(`${message} ${fix}`), columns, '    ')].join('\n');
  }
  return [
    title,
    wrap(agreementText(predicted), columns, '    '),
    proposalTable(predicted, report, style, columns),
    measuredWeightsText(predicted, report, cell, style, columns),
    weightsText(predicted, report, cell, style, columns),
    followUpLine(report, cell, columns),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function agreementText({ agreement: { r2, rmse } }: PredictedStudy): string {
  if (r2 === null || rmse === null)
    return 'How well it foretells is not known: no size has two measured subsets.';
  return `Each measured merge is foretold from the others with R² ${r2.toFixed(4)} within its k, missing by ${millinats(rmse)}.`;
}

/** Of all sizes; a verification measures the best of each. */
const SHOWN = 5;

function proposalTable({ proposal }: PredictedStudy, report: Report, style: Style, columns: number): string {
  if (proposal.length === 0) return '';
  const rows = proposal
    .slice(0, SHOWN)
    .map(({ members, loss }) => [
      `${members.length}`,
      estimated(loss),
      nameList(members.map((member) => report.pool[member] ?? '?')),
    ]);
  return table(
    [
      { title: 'k', align: 'right' },
      { title: 'predicted loss', align: 'right' },
      { title: 'subset', align: 'left' },
    ],
    rows,
    { indent: '    ', heading: style.dim, width: columns },
  );
}

function weightsText(
  { weights, measured_weights }: PredictedStudy,
  report: Report,
  cell: Cell,
  style: Style,
  columns: number,
): string {
  // Whatever was merged says more than what is foretold to be no better.
  if (!weights || (measured_weights.length > 0 && !weights.verify)) return '';
  const against =
    weights.gain.value > 0
      ? `${below(weights.gain)} the best measured subset`
      : 'no better than the best measured subset';
  const said = `The ${bestWeightsText(cell.spec, weights)}: predicted loss ${estimated(weights.loss)}, ${against}. To write that model, put this line into the file, then merge-lab merge FILE:`;
  const line = mergeWeightsLine(report, cell.size, weights.weights);
  // Whole, however long: it is there to be copied.
  return `${wrap(said, columns, '    ')}\n${style.bold(line)}`;
}

/** All that were merged, lowest loss first, with the line to paste of the best. */
function measuredWeightsText(
  { measured_weights }: PredictedStudy,
  report: Report,
  cell: Cell,
  style: Style,
  columns: number,
): string {
  const [best] = measured_weights;
  if (!best) return '';
  const lines = measured_weights.map(({ weights, loss, gain }) => {
    const named = Object.entries(namedWeights(report, weights)).map(([name, own]) => `${name}=${own}`);
    const said = `Merged with weights ${plainLines(named.join(','))}: loss ${estimated(loss)}, on the same samples ${below(gain)} the best measured subset.`;
    return wrap(said, columns, '    ');
  });
  lines.splice(1, 0, style.bold(mergeWeightsLine(report, cell.size, best.weights)));
  return lines.join('\n');
}

/** Of the cell that the report answers for. */
function followUpLine(report: Report, cell: Cell, columns: number): string {
  const requests =
    report.cells.indexOf(cell) === report.headline.cell ? (report.study?.follow_ups ?? []) : [];
  if (requests.length === 0) return '';
  const what = `What may beat the best measured is merged and scored (${followUpsText(requests)}) by`;
  return `${wrap(what, columns, '    ')}\n    merge-lab run FILE --verify`;
}
