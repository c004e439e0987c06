import type { Returns } from '../../../core/law/returns.ts';
import { floorSentence, returnText, sharesSentence } from '../../../words/returns.ts';
import type { Style } from '../../terminal/style.ts';
import { table, wrap } from '../../terminal/table.ts';

/** How much of all that the pool gives is there by each k. */
export function returnsText(returns: Returns | null, style: Style, columns: number): string {
  if (!returns) return '';
  const rows = (returns.curve ?? []).map((point) => [
    `${point.k}`,
    returnText(point),
    point.measured ? '' : 'by the law',
  ]);
  const sentences = [sharesSentence(returns), floorSentence(returns)].filter(Boolean);
  return [
    `  ${style.bold('Returns')}  ${style.dim('from the better of base and k = 1 to the best k of the pool')}`,
    rows.length === 0
      ? ''
      : table(
          [
            { title: 'k', align: 'right' },
            { title: 'there by k (95%)', align: 'right' },
            { title: '', align: 'left' },
          ],
          rows,
          { indent: '    ', heading: style.dim, width: columns },
        ),
    ...sentences.map((sentence) => wrap(sentence, columns, '    ')),
  ]
    .filter((part) => part !== '')
    .join('\n');
}
