import type { BestPool, EnsembleReport, ModelScore } from '../../../core/ensemble/types.ts';
import type { EnsembleDocument } from '../../../core/report/ensemble-document.ts';
import { estimated } from '../../../words/estimates.ts';
import { count, counted } from '../../../words/numbers.ts';
import { nameList, plain, plainLines } from '../../../words/plain.ts';
import { bytes, parameters } from '../../../words/units.ts';
import type { Style } from '../../terminal/style.ts';
import { wrap } from '../../terminal/table.ts';
import { modelTable } from './model-table.ts';
import { oracleTable } from './oracle-table.ts';

export interface EnsembleTextOptions {
  readonly style: Style;
  readonly columns: number;
  /** Every model and every k. */
  readonly full: boolean;
}

/** The report of an ensemble as a person reads it: the answer first, then what it stands on. */
export function ensembleText(report: EnsembleDocument, options: EnsembleTextOptions): string {
  const { style, columns } = options;
  const parts = [
    `${style.bold(plain(report.name))}   ${style.dim(scoredText(report))}`,
    `${style.bold(wrap(answerText(report), columns, '  '))}\n${wrap(plainLines(report.sentence), columns, '  ')}`,
    oracleTable(report, options),
    controlsText(report, style, columns),
    modelTable(report, options),
    claimsText(report, style, columns),
    caveats(report, style, columns),
    style.dim(wrap(NOTE, columns, '  ')),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const NOTE =
  'The oracle takes, for each sample, the model of the pool that scores it best: it needs to be known which one that is. ' +
  'Intervals are 95%, from the evaluation samples. Losses are bits per byte.';

function scoredText({ models, samples }: EnsembleReport): string {
  const total = samples.domains.reduce((sum, domain) => sum + domain.bytes, 0);
  const left = [
    samples.overlong > 0 ? `${count(samples.overlong)} too long for some model` : '',
    samples.missing > 0 ? `${count(samples.missing)} not scored by some model` : '',
  ].filter(Boolean);
  const text = [
    counted(models.length, 'model'),
    counted(samples.used, 'sample'),
    bytes(total),
    counted(samples.domains.length, 'domain'),
  ].join(', ');
  return left.length === 0 ? text : `${text}; left out for all: ${left.join(', ')}`;
}

function answerText(report: EnsembleReport): string {
  const best = report.models[report.best_single];
  const single = best
    ? `The best single model is ${plain(best.name)} with ${lossOf(best)} bits per byte.`
    : '';
  const pool = report.goal ?? pairOf(report);
  return pool ? `${single} ${poolText(pool)}` : single;
}

/** Without limits in the file: what a second model would buy. */
function pairOf({ best_pools }: EnsembleReport): BestPool | null {
  return best_pools.find(({ members }) => members.length === 2) ?? null;
}

function poolText({
  members,
  cross_fitted,
  parameters: total,
  tied,
  certified,
  guarantee,
}: BestPool): string {
  const names = nameList(
    members.map((name) => plain(name)),
    12,
  );
  const sure =
    guarantee === 'exact'
      ? ''
      : ` It has at least ${Math.floor(100 * certified)}% of what the best one gains.`;
  const others = tied ? tied.pools.length - 1 : 0;
  const also = others > 0 ? ` ${others}${tied?.more ? ' or more' : ''} other pools do as well.` : '';
  return (
    `The best pool of ${members.length} is ${names} (${parameters(total)} parameters): its oracle has ` +
    `${estimated(cross_fitted)} on samples that it was not chosen on.${also}${sure}`
  );
}

function lossOf({ bits_per_byte }: ModelScore): string {
  return estimated(bits_per_byte);
}

function controlsText({ controls, pool }: EnsembleReport, style: Style, columns: number): string {
  const { mixture, routed } = controls;
  const lines = [
    `All ${pool.length} mixed with equal weights, nobody choosing: ${estimated(mixture.bits_per_byte)}.`,
    `The best model of each domain, chosen on other samples: ${estimated(routed.bits_per_byte)}.`,
  ];
  return `  ${style.bold('Without an oracle')}\n${lines.map((line) => wrap(line, columns, '    ')).join('\n')}`;
}

function claimsText({ study }: EnsembleReport, style: Style, columns: number): string {
  if (!study || study.claims.length === 0) return '';
  const lines = study.claims.map(({ verdict, sentence }) =>
    wrap(`${verdict}: ${plainLines(sentence)}`, columns, '    '),
  );
  return `  ${style.bold('What arXiv 2512.23340 claims')}\n${lines.join('\n')}`;
}

function caveats({ warnings, left_out }: EnsembleDocument, style: Style, columns: number): string {
  const all = [...left_out, ...warnings];
  if (all.length === 0) return '';
  const lines = all.map(({ code, message }) =>
    wrap(`${plainLines(message)} [${plain(code)}]`, columns, '    '),
  );
  return `  ${style.yellow('Caveats')}\n${lines.join('\n')}`;
}
