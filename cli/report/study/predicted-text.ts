import type { Cell, Report } from '../../../core/report/report.ts';
import { mergeWeightsLine } from '../../../core/report/study/merge-weights.ts';
import type { CellStudy, PredictedStudy } from '../../../core/report/study/study.ts';
import { estimated } from '../../../words/estimates.ts';
import { nameList, plainLines } from '../../../words/plain.ts';
import { millinats } from '../../../words/units.ts';
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
    weightsText(predicted, report, cell, style, columns),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function agreementText({ agreement: { r2, rmse } }: PredictedStudy): string {
  if (r2 === null || rmse === null)
    return 'How well it foretells is not known: no size has two measured subsets.';
  return `Each measured merge is foretold from the others with R² ${r2.toFixed(4)} within its k, missing by ${millinats(rmse)}.`;
}

function proposalTable({ proposal }: PredictedStudy, report: Report, style: Style, columns: number): string {
  if (proposal.length === 0) return '';
  const rows = proposal.map(({ members, loss }) => [
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
  { weights }: PredictedStudy,
  report: Report,
  cell: Cell,
  style: Style,
  columns: number,
): string {
  if (!weights) return '';
  const against =
    weights.gain.value > 0
      ? `${estimated(weights.gain)} below the best measured subset`
      : 'no better than the best measured subset';
  const said = `Best weights: predicted loss ${estimated(weights.loss)}, ${against}. To write that model, put this line into the file, then merge-lab merge FILE; listed under references it is scored:`;
  const line = mergeWeightsLine(report, cell.size, weights.weights);
  // Whole, however long: it is there to be copied.
  return `${wrap(said, columns, '    ')}\n${style.bold(line)}`;
}
