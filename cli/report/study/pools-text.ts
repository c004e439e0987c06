import type { Report } from '../../../core/report/report.ts';
import type { CandidatePool } from '../../../core/selection/pools/candidate-pools.ts';
import { columnDigits, estimated } from '../../../words/estimates.ts';
import { loss, signed } from '../../../words/numbers.ts';
import { nameList, plain } from '../../../words/plain.ts';
import type { Style } from '../../terminal/style.ts';
import { table, wrap } from '../../terminal/table.ts';

/** Pools with one expert left out, the one most missed first, and the pair that is. */
export function poolsText(
  pools: readonly CandidatePool[],
  { pool }: Report,
  style: Style,
  columns: number,
): string {
  const byHurt = pools
    .filter(({ difference }) => difference !== null)
    .toSorted((a, b) => (b.difference?.value ?? 0) - (a.difference?.value ?? 0));
  const single = byHurt.filter(({ without }) => without.length === 1);
  const pair = byHurt.find(({ without }) => without.length === 2);
  if (single.length === 0) return '';
  const differences = single.flatMap(({ difference }) => difference ?? []);
  const floors = single.flatMap(({ floor_difference: floor }) => floor ?? []);
  const [digits, floorDigits] = [columnDigits(differences), columnDigits(floors)];
  const rows = single.map(({ without, best, difference, floor_difference: floor, recommended_k }) => [
    plain(pool[without[0] ?? -1] ?? '?', 30),
    difference ? estimated(difference, signed, digits) : '',
    best ? `${best.k}` : '',
    best ? loss(best.loss) : '',
    floor ? estimated(floor, signed, floorDigits) : '',
    recommended_k === null ? '' : `${recommended_k}`,
  ]);
  const titles = [
    'pool without',
    'against the whole pool',
    'at k',
    'typical loss',
    'floor against',
    'recommended k',
  ];
  const worst = pair?.difference
    ? `Of two left out, ${nameList(pair.without.map((d) => pool[d] ?? '?'))} are missed most: ${estimated(pair.difference, signed)} at k = ${pair.best?.k}.`
    : '';
  return [
    `  ${style.bold('Candidate pools')}  ${style.dim('positive: their absence hurts')}`,
    table(
      titles.map((title, i) => ({
        title,
        align: i === 0 ? 'left' : 'right',
        ...(i > 3 ? { leaveOut: 6 - i } : {}),
      })),
      rows,
      { indent: '    ', heading: style.dim, width: columns },
    ),
    ...(worst ? [wrap(worst, columns, '    ')] : []),
  ].join('\n');
}
