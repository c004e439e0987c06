import type { EnsembleReport } from '../../../core/ensemble/types.ts';
import type { EnsembleDocument } from '../../../core/report/ensemble-document.ts';
import {
  answerSentences,
  leftOutSentences,
  ORACLE_NOTE,
  realisableSentences,
  servingSentences,
} from '../../../words/ensemble.ts';
import { count, counted } from '../../../words/numbers.ts';
import { plain, plainLines } from '../../../words/plain.ts';
import { setAsideText } from '../../../words/relations.ts';
import { bytes } from '../../../words/units.ts';
import type { Style } from '../../terminal/style.ts';
import { wrap } from '../../terminal/table.ts';
import { fullTexts } from './full-texts.ts';
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
    [
      style.bold(wrap(answerSentences(report).join(' '), columns, '  ')),
      ...(report.sentence ? [wrap(plainLines(report.sentence), columns, '  ')] : []),
    ].join('\n'),
    oracleTable(report, options),
    controlsText(report, style, columns),
    modelTable(report, options),
    servingText(report, style, columns),
    ...(options.full ? fullTexts(report, options) : []),
    claimsText(report, style, columns),
    caveats(report, style, columns),
    style.dim(wrap(ORACLE_NOTE, columns, '  ')),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function scoredText({ models, samples }: EnsembleReport): string {
  const total = samples.domains.reduce((sum, domain) => sum + domain.bytes, 0);
  const left = [
    samples.overlong > 0 ? `${count(samples.overlong)} too long for some model` : '',
    samples.missing > 0 ? `${count(samples.missing)} not scored by some model` : '',
  ].filter(Boolean);
  const aside = setAsideText(models);
  const text = [
    `${counted(models.length, 'model')}${aside ? ` (${aside})` : ''}`,
    counted(samples.used, 'sample'),
    bytes(total),
    counted(samples.domains.length, 'domain'),
  ].join(', ');
  return left.length === 0 ? text : `${text}; left out for all: ${left.join(', ')}`;
}

function controlsText(report: EnsembleDocument, style: Style, columns: number): string {
  const lines = realisableSentences(report);
  return `  ${style.bold('Without an oracle')}\n${lines.map((line) => wrap(line, columns, '    ')).join('\n')}`;
}

/** Where the file names merges of its models. */
function servingText(report: EnsembleReport, style: Style, columns: number): string {
  const lines = servingSentences(report).map((line) => wrap(line, columns, '    '));
  return lines.length === 0 ? '' : `  ${style.bold('Merging or ensembling')}\n${lines.join('\n')}`;
}

function claimsText({ study }: EnsembleReport, style: Style, columns: number): string {
  if (!study || study.claims.length === 0) return '';
  const lines = study.claims.map(({ verdict, sentence }) =>
    wrap(`${verdict}: ${plainLines(sentence)}`, columns, '    '),
  );
  return `  ${style.bold('What arXiv 2512.23340 claims')}\n${lines.join('\n')}`;
}

function caveats(report: EnsembleDocument, style: Style, columns: number): string {
  const all = [
    ...leftOutSentences(report),
    ...report.warnings.map(({ code, message }) => `${plainLines(message)} [${plain(code)}]`),
  ];
  if (all.length === 0) return '';
  return `  ${style.yellow('Caveats')}\n${all.map((text) => wrap(text, columns, '    ')).join('\n')}`;
}
