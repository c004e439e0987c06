/** Dilution and transfer over k: merges that hold a domain's own expert, and those that lack it. */
import type { Transfer, TransferPoint } from '../../../../core/selection/transfer.ts';
import { cellName } from '../../../../words/cell-name.ts';
import { estimated } from '../../../../words/estimates.ts';
import { count, counted, loss, NONE, signed } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { type Scope, studyOf } from '../../state/view.ts';
import { kAxis, padded, type Series, type XyFigure, zeroLevel } from '../figure.ts';
import { extent, plainSeries, valueRows } from '../series.ts';

interface Sides {
  /** Of the domain, or of how many of them. */
  readonly name: string;
  readonly members: readonly TransferPoint[];
  readonly others: readonly TransferPoint[];
}

/** Of the domain that is looked at where it has an expert of its own, else the mean over those that have. */
function sidesOf(scope: Scope): Sides | null {
  const transfer = studyOf(scope)?.transfer;
  if (!transfer || transfer.domains.length === 0) return null;
  const own = transfer.domains.find(({ domain }) => domain === scope.domain);
  return own ? { ...own, name: plain(scope.report.domains[own.domain]?.name ?? '') } : meanSides(transfer);
}

function meanSides({ domains, in_domain, cross_domain }: Transfer): Sides {
  return {
    name: `mean of ${counted(domains.length, 'domain')} with an expert of their own`,
    members: in_domain,
    others: cross_domain,
  };
}

/** What the charts are of; empty where there are none. */
export function transferAbout(scope: Scope): string {
  return sidesOf(scope)?.name ?? '';
}

type Looks = Pick<Series, 'id' | 'label' | 'ink' | 'shape' | 'line'>;

const MEMBERS: Looks = {
  id: 'members',
  label: "With the domain's own expert",
  ink: 'blue',
  shape: 'circle',
  line: [],
};
const OTHERS: Looks = {
  id: 'others',
  label: 'Without it',
  ink: 'orange',
  shape: 'triangle',
  line: [6, 3],
};

/** Null where no domain has an expert of its own. */
export function transferLossFigure(scope: Scope): XyFigure | null {
  const sides = sidesOf(scope);
  if (!sides) return null;
  const series = [
    seriesOf(MEMBERS, sides.members, -1, ({ loss: value }) => value, 'loss', loss),
    seriesOf(OTHERS, sides.others, 1, ({ loss: value }) => value, 'loss', loss),
  ];
  const title = `In-domain and cross-domain loss · ${cellName(scope.report, scope.cell)} · ${sides.name}`;
  const summary = `Loss on a domain by k, over merges with its own expert and without it, ${sides.name}.`;
  return figureOf(scope, sides, { title, summary, y: 'loss, nats per token', series, zero: false });
}

/** Null where neither the experts alone nor the base are measured. */
export function transferChangeFigure(scope: Scope): XyFigure | null {
  const sides = sidesOf(scope);
  if (!sides) return null;
  const change = (point: TransferPoint) => point.change;
  const members = { ...MEMBERS, label: 'With the own expert, against it alone: dilution' };
  const others = { ...OTHERS, label: 'Without it, against the base: transfer' };
  const series = [
    seriesOf(members, sides.members, -1, change, 'change', signed),
    seriesOf(others, sides.others, 1, change, 'change', signed),
  ];
  if (series.every(({ points }) => points.length === 0)) return null;
  const title = `Dilution and transfer · ${cellName(scope.report, scope.cell)} · ${sides.name}`;
  const summary = `Change of the loss on a domain by k: of merges with its own expert against that expert alone, and of merges without it against the base, ${sides.name}; negative is better.`;
  return figureOf(scope, sides, {
    title,
    summary,
    y: 'change of the loss, nats per token',
    series,
    zero: true,
  });
}

/** @param aside −1 or 1, so that intervals at one k do not cover each other */
function seriesOf(
  looks: Looks,
  points: readonly TransferPoint[],
  aside: number,
  of: (point: TransferPoint) => TransferPoint['change'],
  what: string,
  format: (value: number, digits: number) => string,
): Series {
  const known = points.flatMap((point) => {
    const value = of(point);
    return value ? [{ point, value }] : [];
  });
  return {
    ...plainSeries,
    ...looks,
    emphasis: 'strong',
    whiskers: true,
    points: known.map(({ point: { k }, value: { value: y, low, high } }) => ({
      ...{ x: k + 0.06 * aside, y, low, high },
    })),
    tip: (i) => {
      const at = known[i];
      if (!at) return { title: '', rows: [] };
      return {
        title: `${looks.label}, k = ${at.point.k}`,
        rows: [
          ...valueRows(what, at.value, format),
          ['measured', `${counted(at.point.subsets, 'merge')} of ${count(at.point.of)}`],
        ],
      };
    },
  };
}

interface Said {
  readonly title: string;
  readonly summary: string;
  readonly y: string;
  readonly series: readonly Series[];
  readonly zero: boolean;
}

function figureOf({ report }: Scope, sides: Sides, { title, summary, y, series, zero }: Said): XyFigure {
  const [least, most] = extent(
    series.flatMap(({ points }) => points),
    true,
  ) ?? [0, 1];
  const [min, max] = padded(zero ? Math.min(0, least) : least, zero ? Math.max(0, most) : most);
  return {
    kind: 'xy',
    title,
    summary,
    x: kAxis(report.pool.length),
    y: { title: y, min, max, least: min, most: max },
    series,
    levels: zero ? [zeroLevel('zero', 'no change')] : [],
    marks: [],
    ringed: null,
    table: tableOf(sides),
  };
}

function tableOf({ members, others }: Sides): XyFigure['table'] {
  const ks = [...new Set([...members, ...others].map(({ k }) => k))].sort((a, b) => a - b);
  const at = (points: readonly TransferPoint[], k: number) => points.find((point) => point.k === k);
  const shown = (point: TransferPoint | undefined) => [
    point ? estimated(point.loss) : NONE,
    point?.change ? estimated(point.change, signed) : NONE,
  ];
  return {
    columns: [
      { title: 'k' },
      { title: 'With the own expert' },
      { title: 'against it alone' },
      { title: 'Without it' },
      { title: 'against the base' },
    ],
    rows: ks.map((k) => [`${k}`, ...shown(at(members, k)), ...shown(at(others, k))]),
    csv: {
      columns: [
        ...['side', 'k', 'loss', 'low', 'high', 'change', 'change_low', 'change_high'],
        ...['subsets', 'of'],
      ],
      rows: [
        ...members.map((point) => csvRow('with_own', point)),
        ...others.map((point) => csvRow('without_own', point)),
      ],
    },
  };
}

function csvRow(side: string, { k, loss: own, change, subsets, of }: TransferPoint) {
  return [
    ...[side, k, own.value, own.low, own.high],
    ...[change?.value ?? null, change?.low ?? null, change?.high ?? null, subsets, of],
  ];
}
