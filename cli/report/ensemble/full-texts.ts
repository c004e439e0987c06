/** What `--full` adds: which models the best pools have, the laws that were held against each other, families and pairs. */
import type { BestPool, EnsembleReport } from '../../../core/ensemble/types.ts';
import { names } from '../../../words/ensemble.ts';
import { estimated } from '../../../words/estimates.ts';
import { familySentences } from '../../../words/families.ts';
import { loss } from '../../../words/numbers.ts';
import { plain } from '../../../words/plain.ts';
import { floorText, poolFormName, poolFormula } from '../../../words/pool-law.ts';
import { bytes, countedParameters } from '../../../words/units.ts';
import { table, wrap } from '../../terminal/table.ts';
import type { EnsembleTextOptions } from './ensemble-text.ts';

const MOST_PAIRS = 12;

export function fullTexts(report: EnsembleReport, options: EnsembleTextOptions): readonly string[] {
  return [poolsText(report, options), lawsText(report, options), familiesText(report, options)];
}

/** Each with what it takes, its oracle and its mixture. */
function poolsText({ best_pools, goal }: EnsembleReport, { style, columns }: EnsembleTextOptions): string {
  const lines = best_pools.map((pool) => poolText(`${pool.limit.k} at most`, pool));
  const within = goal ? [poolText('within the limits', goal)] : [];
  const text = [...within, ...lines].map((line) => wrap(line, columns, '    ')).join('\n');
  return `  ${style.bold('The best pools')}\n${text}`;
}

function poolText(
  limit: string,
  { members, parameters: total, serving_bytes, cross_fitted, mixture, proven, bound }: BestPool,
): string {
  const sure = proven ? '' : `, no such pool below ${loss(bound)}`;
  return (
    `${limit}: ${names(members, members.length)} (${countedParameters(total)}, ${bytes(serving_bytes)}): ` +
    `oracle ${estimated(cross_fitted)}, mixed ${loss(mixture)}${sure}`
  );
}

function lawsText({ study }: EnsembleReport, { style, columns }: EnsembleTextOptions): string {
  const fits = [
    ...(study?.typical.forms ?? []).map((fit) => ['typical', fit] as const),
    ...(study?.envelope.forms ?? []).map((fit) => ['best', fit] as const),
  ];
  if (fits.length === 0) return '';
  const rows = fits.map(([of, fit]) => [
    of,
    poolFormName(fit.form),
    poolFormula(fit),
    floorText(fit),
    loss(fit.held_out, 4),
    loss(fit.rmse, 4),
  ]);
  const laws = table(
    [
      { title: 'pools', align: 'left' },
      { title: 'law', align: 'left' },
      { title: 'formula', align: 'left' },
      { title: 'floor (95%)', align: 'right', leaveOut: 1 },
      { title: 'misses by', align: 'right' },
      { title: 'rmse', align: 'right', leaveOut: 2 },
    ],
    rows,
    { indent: '  ', heading: style.dim, width: columns },
  );
  const note =
    'P: billions of parameters of all models together. Misses by: root mean square over budgets beyond those fitted. ' +
    'One that misses a point by more than its error does not fit.';
  return `${laws}\n${style.dim(wrap(note, columns, '  '))}`;
}

/** The pairs that gain most over their better member. */
function familiesText(report: EnsembleReport, { style, columns }: EnsembleTextOptions): string {
  const lines = familySentences(report).map((line) => wrap(line, columns, '    '));
  const pairs = [...(report.diversity?.pairs ?? [])].sort((a, b) => b.gain - a.gain).slice(0, MOST_PAIRS);
  if (pairs.length === 0) return '';
  const rows = pairs.map(({ models: [a, b], same_family, gain, correlation }) => [
    plain(a, 30),
    plain(b, 30),
    same_family ? 'one' : 'two',
    loss(gain, 4),
    correlation === null ? '' : loss(correlation, 2),
  ]);
  const gains = table(
    [
      { title: 'pair', align: 'left' },
      { title: '', align: 'left' },
      { title: 'families', align: 'left', leaveOut: 1 },
      { title: 'gain over the better one', align: 'right' },
      { title: 'correlation', align: 'right', leaveOut: 2 },
    ],
    rows,
    { indent: '  ', heading: style.dim, width: columns },
  );
  return `  ${style.bold('Families and pairs')}\n${[...lines, gains].join('\n')}`;
}
