import type { SpreadFit, SpreadLaw } from '../../../core/law/spread/spread-law.ts';
import type { CellStudy } from '../../../core/report/study/study.ts';
import { counted, percent, significant } from '../../../words/numbers.ts';
import { offBy } from '../../../words/spread.ts';
import { millinats } from '../../../words/units.ts';
import type { Style } from '../../terminal/style.ts';
import { wrap } from '../../terminal/table.ts';

/** How the spread over subsets falls with k by both laws, over orders, and between masks. */
export function spreadText(study: CellStudy, style: Style, columns: number): string {
  const lines = [measured(study.spread), ...laws(study.spread), orders(study), masks(study)].filter(Boolean);
  if (study.spread.points.length === 0) return '';
  const wrapped = lines.map((line) => wrap(line, columns, '    '));
  return [`  ${style.bold('Spread over subsets')}`, ...wrapped].join('\n');
}

function measured({ points }: SpreadLaw): string {
  const each = points.map(({ k, variance }) => `${k}: ${millinats(Math.sqrt(variance))}`);
  return `Standard deviation by k: ${each.join(', ')}.`;
}

function laws({ paper, finite, pool, describes_better, reason }: SpreadLaw): string[] {
  const better = (name: 'paper' | 'finite') =>
    describes_better === name ? ' It describes the spread better.' : '';
  return [
    paper
      ? `Paper's V* + a/(k + b): V* ${nats2(paper.parameters.V)}, a ${nats2(paper.parameters.a)}, b ${significant(paper.parameters.b, 2)}${misses(paper)}.${better('paper')}`
      : '',
    finite
      ? `Finite pool v·(M − k)/(k(M − 1)), M = ${pool}: v ${nats2(finite.parameters.v)}${misses(finite)}.${better('finite')}`
      : '',
    describes_better === null && reason !== null ? `Which describes it better is open: ${reason}.` : '',
  ];
}

function nats2(variance: number): string {
  return `${significant(variance, 3)} nats²`;
}

function misses({ left_out_log_rms: left, log_rms }: SpreadFit<never>): string {
  return left === null
    ? `; the variances are off by ${offBy(log_rms)}`
    : `; at a k left out the variance is off by ${offBy(left)}`;
}

function orders({ orders: rows }: CellStudy): string {
  const [first] = rows;
  const last = rows.findLast(({ sd }) => sd > 0);
  if (!first || !last) return '';
  return `Over ${counted(first.orders, 'order')} of adding experts: ${millinats(first.sd)} at k = ${first.k}, ${millinats(last.sd)} at k = ${last.k}.`;
}

function masks({ mask_noise }: CellStudy): string {
  const known = mask_noise.flatMap(({ k, mask_share }) =>
    mask_share === null ? [] : [{ k, share: mask_share }],
  );
  if (known.length === 0) return '';
  return `Of the variance of single merges the random masks make ${known.map(({ k, share }) => `${percent(Number(share.toPrecision(2)))} at k = ${k}`).join(', ')}.`;
}
