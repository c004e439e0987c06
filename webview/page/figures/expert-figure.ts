/** What each expert brings: the change of the objective relative to the average donor, as bars with intervals. */
import type { Attribution } from '../../../core/report/report.ts';
import { cellName } from '../../../words/cell-name.ts';
import { estimated, interval, lossDigits } from '../../../words/estimates.ts';
import { goalsRemark } from '../../../words/goals.ts';
import { count, loss, NONE, signed } from '../../../words/numbers.ts';
import { plain } from '../../../words/plain.ts';
import type { Scope } from '../state/view.ts';
import { type Bar, type BarFigure, padded } from './figure.ts';
import { barEnds } from './series.ts';

/** Null where the sweep holds nothing to compare. */
export function expertFigure({ report, cell, size }: Scope): BarFigure | null {
  const recommended = new Set(cell.selection?.recommended?.members ?? []);
  const experts = (cell.selection?.attribution ?? [])
    .map((attribution, d) => ({ attribution, d }))
    .filter((one): one is { attribution: Attribution; d: number } => one.attribution !== null)
    .sort((a, b) => a.attribution.effect.value - b.attribution.effect.value);
  if (experts.length === 0) return null;
  const alone = (d: number): number | null => size?.experts[d]?.objective.value ?? null;
  const ends = experts.flatMap(({ attribution: { effect } }) => barEnds(effect));
  const [min, max] = padded(Math.min(0, ...ends), Math.max(0, ...ends));
  const inIt = recommended.size > 0;
  return {
    kind: 'bars',
    title: `Experts · ${cellName(report, cell)}`,
    summary: `What each expert brings to the loss when added, against the average expert; negative lowers it. Best: ${plain(
      experts[0]?.attribution.expert ?? '',
    )}; worst: ${plain(experts.at(-1)?.attribution.expert ?? '')}.`,
    x: { title: 'effect on the loss, nats per token', min, max, least: min, most: max },
    groups: [
      ...(inIt
        ? [{ id: 'in', label: 'In the recommended subset', ink: 'green' as const, filled: true }]
        : []),
      { id: 'out', label: inIt ? 'Not in it' : 'Expert', ink: 'muted' as const, filled: false },
    ],
    bars: experts.map(({ attribution, d }): Bar => {
      const { expert, effect, comparisons } = attribution;
      return {
        label: plain(expert, 28),
        value: effect.value,
        low: effect.low,
        high: effect.high,
        group: recommended.has(d) ? 'in' : 'out',
        tip: {
          title: plain(expert),
          rows: [
            ['effect when added', signed(effect.value, 4)],
            ...(effect.low === null && effect.high === null
              ? []
              : ([['95% interval', interval([effect.low, effect.high], 4, signed)]] as const)),
            ['measured merges behind it', count(comparisons)],
            ...(alone(d) === null ? [] : ([['loss unmerged', loss(alone(d) as number, 4)]] as const)),
            ['recommended subset', recommended.has(d) ? 'in it' : 'not in it'],
          ],
        },
      };
    }),
    table: {
      columns: [
        { title: 'Expert', text: true },
        { title: 'Effect when added' },
        { title: 'Merges' },
        { title: 'Unmerged' },
        { title: 'Recommended', text: true },
      ],
      rows: experts
        .map(({ attribution, d }) => [
          plain(attribution.expert),
          estimated(
            attribution.effect,
            signed,
            Math.min(4, lossDigits(attribution.effect.low, attribution.effect.high)),
          ),
          count(attribution.comparisons),
          alone(d) === null ? NONE : loss(alone(d) as number, 4),
          recommended.has(d) ? 'in the subset' : '',
        ])
        .concat(
          [...report.required, ...report.excluded].map((name) => [
            plain(name),
            goalsRemark(report, name),
            NONE,
            NONE,
            report.required.includes(name) ? 'in the subset' : '',
          ]),
        ),
      csv: {
        columns: ['expert', 'effect', 'low', 'high', 'comparisons', 'unmerged', 'recommended'],
        rows: experts.map(({ attribution: { expert, effect, comparisons }, d }) => [
          expert,
          effect.value,
          effect.low,
          effect.high,
          comparisons,
          alone(d),
          recommended.has(d) ? 'yes' : 'no',
        ]),
      },
    },
  };
}
