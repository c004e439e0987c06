import type { Transfer, TransferPoint } from '../../../core/selection/transfer.ts';
import { columnDigits, estimated } from '../../../words/estimates.ts';
import { signed } from '../../../words/numbers.ts';
import type { Style } from '../../terminal/style.ts';
import { table } from '../../terminal/table.ts';

/** By k: what others dilute of an expert on its own domain, and what they transfer to domains whose expert is left out. */
export function transferText({ in_domain, cross_domain }: Transfer, style: Style, columns: number): string {
  const ks = [...new Set([...in_domain, ...cross_domain].map(({ k }) => k))].sort((a, b) => a - b);
  if (ks.length === 0) return '';
  const digits = [in_domain, cross_domain].map((points) =>
    columnDigits(points.flatMap(({ change }) => change ?? [])),
  );
  const text = (points: readonly TransferPoint[], k: number, column: number) => {
    const change = points.find((point) => point.k === k)?.change;
    return change ? estimated(change, signed, digits[column]) : '';
  };
  return [
    `  ${style.bold('Transfer')}  ${style.dim('mean over the domains that have an expert of their own; positive is worse')}`,
    table(
      [
        { title: 'k', align: 'right' },
        { title: 'own expert in, against it alone', align: 'right' },
        { title: 'own expert out, against the base', align: 'right' },
      ],
      ks.map((k) => [`${k}`, text(in_domain, k, 0), text(cross_domain, k, 1)]),
      { indent: '    ', heading: style.dim, width: columns },
    ),
  ].join('\n');
}
