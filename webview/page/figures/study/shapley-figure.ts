/** Shapley values as bars with intervals, beside the effects against the average expert. */
import type { ShapleyValue } from '../../../../core/selection/shapley.ts';
import { cellName } from '../../../../words/cell-name.ts';
import { estimated, interval, lossDigits } from '../../../../words/estimates.ts';
import { signed } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { shapleySentence } from '../../../../words/shapley.ts';
import type { Scope } from '../../state/view.ts';
import { type BarFigure, padded } from '../figure.ts';
import { barEnds } from '../series.ts';

/** Best expert first; null where nobody asked for them, and where they cannot be had. */
export function shapleyFigure({ report, cell }: Scope): BarFigure | null {
  const shapley = report.study?.shapley?.[report.cells.indexOf(cell)];
  if (!shapley || shapley.kind === 'missing') return null;
  const experts = shapley.experts
    .map((own, d) => ({ own, name: report.pool[d] ?? '?' }))
    .sort((a, b) => a.own.value - b.own.value);
  const ends = experts.flatMap(({ own }) => barEnds(own));
  const [min, max] = padded(Math.min(0, ...ends), Math.max(0, ...ends));
  return {
    kind: 'bars',
    title: `Shapley values · ${cellName(report, cell)}`,
    summary: shapleySentence(shapley),
    x: { title: 'change of the loss from the base, nats per token', min, max, least: min, most: max },
    groups: [{ id: 'expert', label: 'Expert', ink: 'muted', filled: false }],
    bars: experts.map(({ own: { value, low, high }, name }) => ({
      label: plain(name, 28),
      value,
      low,
      high,
      group: 'expert',
      tip: {
        title: plain(name),
        rows: [
          ['Shapley value', signed(value, 4)],
          ...(low === null || high === null
            ? []
            : ([['95% interval', interval([low, high], 4, signed)]] as const)),
        ],
      },
    })),
    table: {
      columns: [{ title: 'Expert', text: true }, { title: 'Shapley value' }],
      rows: experts.map(({ own, name }) => [plain(name), valueText(own)]),
      csv: {
        columns: ['expert', 'shapley', 'low', 'high'],
        rows: experts.map(({ own, name }) => [name, own.value, own.low, own.high]),
      },
    },
  };
}

function valueText(own: ShapleyValue): string {
  return estimated(own, signed, Math.min(4, lossDigits(own.low, own.high)));
}
