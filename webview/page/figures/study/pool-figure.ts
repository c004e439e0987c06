/** Whose absence hurts: the best typical loss of each pool without one expert, against the whole pool's, as bars; pairs in the table. */
import type { CandidatePool, Difference } from '../../../../core/selection/pools/candidate-pools.ts';
import { cellName } from '../../../../words/cell-name.ts';
import { estimated, interval, lossDigits } from '../../../../words/estimates.ts';
import { loss, NONE, signed } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { type Scope, studyOf } from '../../state/view.ts';
import { type Bar, type BarFigure, padded } from '../figure.ts';
import { barEnds } from '../series.ts';

type Known = CandidatePool & { readonly difference: Difference };

const GROUPS: BarFigure['groups'] = [
  { id: 'hurts', label: 'Its absence surely hurts', ink: 'orange', filled: true },
  { id: 'helps', label: 'It surely helps', ink: 'green', filled: true },
  { id: 'open', label: 'Not surely', ink: 'muted', filled: false },
];

/** Null where no pool without an expert has been measured. */
export function poolFigure(scope: Scope): BarFigure | null {
  const { report, cell } = scope;
  const pools = (studyOf(scope)?.pools ?? [])
    .filter((pool): pool is Known => pool.difference !== null)
    .sort((a, b) => a.without.length - b.without.length || b.difference.value - a.difference.value);
  const single = pools.filter(({ without }) => without.length === 1);
  const [worst] = single;
  if (!worst) return null;
  const name = ({ without }: CandidatePool) => without.map((d) => plain(report.pool[d] ?? '', 28)).join(', ');
  const ends = single.flatMap(({ difference }) => barEnds(difference));
  const [min, max] = padded(Math.min(0, ...ends), Math.max(0, ...ends));
  return {
    kind: 'bars',
    title: `Without one expert · ${cellName(report, cell)}`,
    summary: `Lowest typical loss of the pool without each expert, minus the whole pool's at the same k; positive: its absence hurts. Most: ${name(worst)}, ${signed(worst.difference.value, 4)}. The table has the pools without two as well.`,
    x: { title: 'change of the typical loss without it, nats per token', min, max, least: min, most: max },
    groups: GROUPS.filter(({ id }) => single.some((pool) => groupOf(pool.difference) === id)),
    bars: single.map(
      (pool): Bar => ({
        label: name(pool),
        ...pool.difference,
        group: groupOf(pool.difference),
        tip: { title: `Without ${name(pool)}`, rows: tipRows(pool) },
      }),
    ),
    table: {
      columns: [
        { title: 'Without', text: true },
        { title: 'Loss against the whole pool' },
        { title: 'at k' },
        { title: 'Floor' },
        { title: 'Floor against the whole pool' },
        { title: 'Recommended k' },
      ],
      rows: pools.map((pool) => [
        name(pool),
        differenceText(pool.difference),
        `${pool.best?.k ?? NONE}`,
        pool.floor === null ? NONE : loss(pool.floor, 4),
        // Where nothing judges a floor, its difference may be anything.
        pool.floor_difference?.low == null ? NONE : differenceText(pool.floor_difference),
        `${pool.recommended_k ?? NONE}`,
      ]),
      csv: {
        columns: [
          ...['without', 'k', 'loss', 'difference', 'low', 'high'],
          ...['floor', 'floor_difference', 'floor_low', 'floor_high', 'recommended_k'],
        ],
        rows: pools.map(({ without, best, difference, floor, floor_difference: change, recommended_k }) => [
          without.map((d) => report.pool[d] ?? '').join(' '),
          ...[best?.k ?? null, best?.loss ?? null, difference.value, difference.low, difference.high],
          ...[floor, change?.value ?? null, change?.low ?? null, change?.high ?? null, recommended_k],
        ]),
      },
    },
  };
}

function groupOf({ low, high }: Difference): 'hurts' | 'helps' | 'open' {
  if (low !== null && low > 0) return 'hurts';
  return high !== null && high < 0 ? 'helps' : 'open';
}

function differenceText(difference: Difference): string {
  return estimated(difference, signed, Math.min(4, lossDigits(difference.low, difference.high)));
}

function tipRows({ difference, best, recommended_k }: Known): (readonly [string, string])[] {
  const { value, low, high } = difference;
  return [
    ['against the whole pool', signed(value, 4)],
    ...(low === null && high === null ? [] : [['95% interval', interval([low, high], 4, signed)] as const]),
    ...(best ? [[`typical loss at k = ${best.k}`, loss(best.loss, 4)] as const] : []),
    ...(recommended_k === null ? [] : [['recommended k', `${recommended_k}`] as const]),
  ];
}
