/** Loss against model size, a line for each k: measured, the law over sizes where there is one, and floors by size. */
import { estimated } from '../../../../words/estimates.ts';
import { NONE } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import type { Scope } from '../../state/view.ts';
import { domainName } from '../../text/words.ts';
import { lossAxis } from '../curve/curve-figure.ts';
import type { FigurePoint, Series, XyFigure } from '../figure.ts';
import { inkAndShape } from '../overlay-figure.ts';
import { meanTip, plainSeries, valueRows } from '../series.ts';
import {
  jointLaw,
  type MeasuredSize,
  type MeasuredSizes,
  measuredSizes,
  sizeAxis,
  sizeName,
} from './measured-sizes.ts';

const MOST_LINES = 6;
/** Between two sizes, of a law's line. */
const STEPS = 24;

/** Null where the report has no law over sizes. */
export function sizeFigure(scope: Scope): XyFigure | null {
  const found = measuredSizes(scope);
  if (!found) return null;
  const { sizes } = found;
  const ks = [...new Set(sizes.flatMap(({ curve }) => curve?.points.map(({ k }) => k) ?? []))].sort(
    (a, b) => a - b,
  );
  if (ks.length === 0) return null;
  const law = jointLaw(found.law);
  const series = [...drawnKs(ks).flatMap((k, i) => ofK(sizes, k, i, law)), floorSeries(found)].filter(
    (one) => one !== null,
  );
  return {
    kind: 'xy',
    title: `Loss by model size · ${plain(scope.cell.label)} · ${domainName(scope.report, scope.domain)}`,
    summary: `Typical loss against the number of parameters, ${domainName(scope.report, scope.domain)}, a line for each k${law ? ', with the law over sizes' : ''}.`,
    x: sizeAxis(sizes),
    y: lossAxis(series, []),
    series,
    levels: [],
    marks: [],
    ringed: null,
    table: tableOf(found, ks),
  };
}

/** All, or powers of two and the last: more lines cannot be told apart. The table has all. */
function drawnKs(ks: readonly number[]): readonly number[] {
  if (ks.length <= MOST_LINES) return ks;
  const few = ks.filter((k) => Number.isInteger(Math.log2(k)) || k === ks.at(-1));
  return [...few.slice(0, MOST_LINES - 1), ...few.slice(-1)].filter((k, i, all) => all.indexOf(k) === i);
}

/** Marks where it is measured; the law as a line without marks, else straight lines between them. */
function ofK(
  sizes: readonly MeasuredSize[],
  k: number,
  place: number,
  law: ReturnType<typeof jointLaw>,
): Series[] {
  const known = sizes.flatMap((size) => {
    const point = size.curve?.points.find((one) => one.k === k);
    return point ? [{ size, point }] : [];
  });
  if (known.length === 0) return [];
  const looks = inkAndShape(place);
  return [
    {
      ...plainSeries,
      ...looks,
      id: `k ${k}`,
      label: `k = ${k}`,
      line: law ? null : looks.line,
      emphasis: 'strong',
      whiskers: true,
      points: known.map(({ size, point: { mean: y, low, high } }) => ({
        x: Math.log10(size.N),
        y,
        low,
        high,
      })),
      tip: (i) => {
        const at = known[i];
        return at ? meanTip(sizeName(sizes, at.size.N), at.point) : { title: '', rows: [] };
      },
    },
    ...(law
      ? [
          {
            ...plainSeries,
            ...looks,
            id: `law ${k}`,
            label: `law, k = ${k}`,
            shape: 'none' as const,
            points: along(sizes).map((x): FigurePoint => ({ x, y: law(10 ** x, k), low: null, high: null })),
          },
        ]
      : []),
  ];
}

/** log₁₀ N from the smallest measured size to the largest: nothing is drawn beyond. */
function along(sizes: readonly MeasuredSize[]): number[] {
  const logs = sizes.map(({ N }) => Math.log10(N));
  return logs.flatMap((from, i) => {
    const to = logs[i + 1];
    return to === undefined
      ? [from]
      : Array.from({ length: STEPS }, (_, step) => from + ((to - from) * step) / STEPS);
  });
}

function floorSeries({ law, sizes }: MeasuredSizes): Series | null {
  const floors = law.by_size?.sizes ?? [];
  if (floors.length === 0) return null;
  return {
    ...plainSeries,
    id: 'floors',
    label: 'Floor L∞ by size',
    ink: 'foreground',
    shape: 'rectRot',
    hollow: true,
    line: [2, 2],
    whiskers: true,
    points: floors.map(({ N, floor: { value: y, low, high } }) => ({ x: Math.log10(N), y, low, high })),
    tip: (i) => {
      const at = floors[i];
      if (!at) return { title: '', rows: [] };
      return {
        title: `Law at ${sizeName(sizes, at.N)}`,
        rows: [...valueRows('floor', at.floor), ['tail A', estimated(at.tail)]],
      };
    },
  };
}

function tableOf({ law, sizes }: MeasuredSizes, ks: readonly number[]): XyFigure['table'] {
  const at = ({ curve }: MeasuredSize, k: number) => curve?.points.find((point) => point.k === k);
  const bySize = (N: number) => law.by_size?.sizes.find((one) => Math.abs(one.N - N) <= 1e-9 * N);
  return {
    columns: [
      { title: 'Size', text: true },
      { title: 'Floor L∞' },
      { title: 'Tail A' },
      ...ks.map((k) => ({ title: `k = ${k}` })),
    ],
    rows: sizes.map((size) => {
      const own = bySize(size.N);
      return [
        sizeName(sizes, size.N),
        own ? estimated(own.floor) : NONE,
        own ? estimated(own.tail) : NONE,
        ...ks.map((k) => {
          const point = at(size, k);
          return point ? estimated({ value: point.mean, low: point.low, high: point.high }) : NONE;
        }),
      ];
    }),
    csv: {
      columns: ['size', 'billions', 'k', 'mean', 'low', 'high', 'floor', 'tail'],
      rows: sizes.flatMap((size) =>
        (size.curve?.points ?? []).map(({ k, mean, low, high }) => [
          ...[size.name, size.N, k, mean, low, high],
          ...[bySize(size.N)?.floor.value ?? null, bySize(size.N)?.tail.value ?? null],
        ]),
      ),
    },
  };
}
