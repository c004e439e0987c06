import type { Shapley } from '../../../core/selection/shapley.ts';
import { columnDigits, estimated } from '../../../words/estimates.ts';
import { signed } from '../../../words/numbers.ts';
import { plain } from '../../../words/plain.ts';
import { shapleySentence } from '../../../words/shapley.ts';
import type { Style } from '../../terminal/style.ts';
import { table, wrap } from '../../terminal/table.ts';

/** Best expert first. */
export function shapleyText(
  shapley: Shapley,
  pool: readonly string[],
  style: Style,
  columns: number,
): string {
  const sentence = wrap(shapleySentence(shapley), columns, '    ');
  const title = `  ${style.bold('Shapley values')}`;
  if (shapley.kind === 'missing') return `${title}\n${sentence}`;
  const digits = columnDigits(shapley.experts);
  const rows = shapley.experts
    .map((own, d) => ({ own, name: plain(pool[d] ?? '?', 30) }))
    .sort((a, b) => a.own.value - b.own.value)
    .map(({ own, name }) => [name, estimated(own, signed, digits)]);
  const heads = [
    { title: 'expert', align: 'left' },
    { title: 'change of the loss (95%)', align: 'right' },
  ] as const;
  return `${title}\n${table(heads, rows, { indent: '    ', heading: style.dim, width: columns })}\n${sentence}`;
}
