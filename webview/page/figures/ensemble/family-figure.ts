/** Pools of several families against pools of one, with as many models of about the same sizes. */
import type { EnsembleReport } from '../../../../core/ensemble/types.ts';
import { estimated, interval } from '../../../../words/estimates.ts';
import { count, signed } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { type BarFigure, padded } from '../figure.ts';
import { barEnds } from '../series.ts';

/** Null until the numbers are complete, and where there is one family. */
export function familyFigure({ study }: EnsembleReport): BarFigure | null {
  const found = study?.heterogeneous;
  if (!found) return null;
  const { saving, pairs, families } = found;
  const rows = [
    { label: 'all families', value: saving.value, low: saving.low, high: saving.high, pairs, group: 'all' },
    ...families.map((one) => ({
      label: `against ${plain(one.family, 20)}`,
      value: one.saving.value,
      low: one.saving.low,
      high: one.saving.high,
      pairs: one.pairs,
      group: 'one',
    })),
  ];
  const ends = rows.flatMap(({ value, low, high }) => barEnds({ value, low, high }));
  const [min, max] = padded(Math.min(0, ...ends), Math.max(0, ...ends));
  return {
    kind: 'bars',
    title: 'Several families against one',
    summary: `Pools of several families save ${estimated(saving, signed)} bits per byte over pools of one family of the same size.`,
    x: { title: 'saved by several families, bits per byte', min, max, least: min, most: max },
    groups: [
      { id: 'all', label: 'Over all families', ink: 'green', filled: true },
      { id: 'one', label: 'Over one family', ink: 'muted', filled: false },
    ],
    bars: rows.map((row) => ({
      ...row,
      tip: {
        title: row.label,
        rows: [
          ['saved', signed(row.value, 4)],
          ...(row.low === null
            ? []
            : ([['95% interval', interval([row.low, row.high], 4, signed)]] as const)),
          ['pairs of pools', count(row.pairs)],
        ],
      },
    })),
    table: {
      columns: [{ title: 'Against', text: true }, { title: 'Saved (95%)' }, { title: 'Pairs of pools' }],
      rows: rows.map((row) => [row.label, estimated(row, signed), count(row.pairs)]),
      csv: {
        columns: ['against', 'saved', 'low', 'high', 'pairs'],
        rows: rows.map(({ label, value, low, high, pairs: n }) => [label, value, low, high, n]),
      },
    },
  };
}
