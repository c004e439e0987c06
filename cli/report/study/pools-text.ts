import type { Cell, Report } from '../../../core/report/report.ts';
import type { CandidatePool } from '../../../core/selection/pools/candidate-pools.ts';
import { columnDigits, estimated } from '../../../words/estimates.ts';
import { loss, signed } from '../../../words/numbers.ts';
import { nameList, plain } from '../../../words/plain.ts';
import { poolMeansSentence } from '../../../words/typical.ts';
import type { Style } from '../../terminal/style.ts';
import { table, wrap } from '../../terminal/table.ts';

/** Pools with one expert left out, the one most missed first, and the pair that is. */
export function poolsText(
  pools: readonly CandidatePool[],
  { pool }: Report,
  cell: Pick<Cell, 'typical'>,
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
  const floors = single.flatMap((each) => judgedFloor(each) ?? []);
  const [digits, floorDigits] = [columnDigits(differences), columnDigits(floors)];
  const rows = single.map((each) => {
    const { without, best, difference, recommended_k } = each;
    const floor = judgedFloor(each);
    return [
      plain(pool[without[0] ?? -1] ?? '?', 30),
      difference ? estimated(difference, signed, digits) : '',
      best ? `${best.k}` : '',
      best ? loss(best.loss) : '',
      ...(floors.length > 0 ? [floor ? estimated(floor, signed, floorDigits) : ''] : []),
      recommended_k === null ? '' : `${recommended_k}`,
    ];
  });
  const titles = [
    'pool without',
    'against the whole pool',
    'at k',
    'typical loss',
    ...(floors.length > 0 ? ['floor against'] : []),
    'recommended k',
  ];
  const worst = pair ? pairSentence(pair, pool) : '';
  return [
    `  ${style.bold('Candidate pools')}  ${style.dim('positive: their absence hurts')}`,
    table(
      titles.map((title, i) => ({
        title,
        align: i === 0 ? 'left' : 'right',
        ...(i > 3 ? { leaveOut: titles.length - i } : {}),
      })),
      rows,
      { indent: '    ', heading: style.dim, width: columns },
    ),
    ...[worst, poolMeansSentence(cell)].filter(Boolean).map((sentence) => wrap(sentence, columns, '    ')),
  ].join('\n');
}

/** Where nothing judges a floor, its difference may be anything. */
function judgedFloor({ floor_difference: floor }: CandidatePool): CandidatePool['floor_difference'] {
  return floor?.low == null ? null : floor;
}

/** The largest of so many is large by chance too: only a sure one is said to be missed. */
function pairSentence({ without, best, difference }: CandidatePool, pool: readonly string[]): string {
  if (!difference) return '';
  const names = nameList(without.map((d) => pool[d] ?? '?'));
  const change = `${estimated(difference, signed)} at k = ${best?.k}`;
  if (difference.low !== null && difference.low > 0)
    return `Of two left out, ${names} are missed most: ${change}.`;
  return `Of two left out, no pair is surely missed; the most is ${change}, without ${names}.`;
}
