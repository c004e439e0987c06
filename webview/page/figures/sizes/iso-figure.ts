/** The iso-loss map: which sizes with how many experts reach the same loss, by the law over sizes. */
import type { IsoLine } from '../../../../core/law/sizes/sizes-law.ts';
import { loss, NONE } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import type { Scope } from '../../state/view.ts';
import { domainName } from '../../text/words.ts';
import { kAxis, type Series, type XyFigure } from '../figure.ts';
import { inkAndShape } from '../overlay-figure.ts';
import { plainSeries } from '../series.ts';
import { type MeasuredSize, measuredSizes, sizeAxis, sizeName } from './measured-sizes.ts';

type Reached = { readonly N: number; readonly k: number };

/** Null where the law reaches none of the losses. */
export function isoFigure(scope: Scope): XyFigure | null {
  const found = measuredSizes(scope);
  if (!found) return null;
  const { law, sizes } = found;
  const lines = law.iso_loss.map((line) => ({ line, reached: reachedOf(line) }));
  const drawn = lines.filter(({ reached }) => reached.length > 0);
  if (drawn.length === 0) return null;
  const last = Math.max(law.pool, ...drawn.flatMap(({ reached }) => reached.map(({ k }) => k)));
  return {
    kind: 'xy',
    title: `Iso-loss map · ${plain(scope.cell.label)} · ${domainName(scope.report, scope.domain)}`,
    summary: `How many experts each size needs for the same loss, ${domainName(scope.report, scope.domain)}, by the law over sizes; a size at k = 1 reaches it with one expert or without.`,
    x: sizeAxis(sizes),
    y: kAxis(last),
    series: drawn.map(({ line, reached }, i) => seriesOf(line, reached, i, sizes)),
    levels: [],
    marks: [],
    ringed: null,
    table: tableOf(law.iso_loss, sizes),
  };
}

/** Up to the first size that one expert is enough for: k is cut off at 1 there and beyond. */
function reachedOf({ points }: IsoLine): Reached[] {
  const reached = points.filter((at): at is Reached => at.k !== null);
  const enough = reached.findIndex(({ k }) => k <= 1);
  return enough < 0 ? reached : reached.slice(0, enough + 1);
}

function seriesOf(
  { loss: level }: IsoLine,
  reached: readonly Reached[],
  place: number,
  sizes: readonly MeasuredSize[],
): Series {
  return {
    ...plainSeries,
    ...inkAndShape(place),
    id: `loss ${level}`,
    label: `loss ${loss(level)}`,
    points: reached.map(({ N, k }) => ({ x: Math.log10(N), y: k, low: null, high: null })),
    tip: (i) => {
      const at = reached[i];
      if (!at) return { title: '', rows: [] };
      return {
        title: `Loss ${loss(level)} at ${sizeName(sizes, at.N)}`,
        rows: [['experts, by the law', needed(at.k)]],
      };
    },
  };
}

function tableOf(lines: readonly IsoLine[], sizes: readonly MeasuredSize[]): XyFigure['table'] {
  const at = ({ points }: IsoLine, N: number) =>
    points.find((point) => Math.abs(point.N - N) <= 1e-9 * N)?.k ?? null;
  return {
    columns: [{ title: 'Loss' }, ...sizes.map(({ N }) => ({ title: sizeName(sizes, N) }))],
    rows: lines.map((line) => [loss(line.loss), ...sizes.map(({ N }) => needed(at(line, N)))]),
    csv: {
      columns: ['loss', 'billions', 'k'],
      rows: lines.flatMap((line) => line.points.map(({ N, k }) => [line.loss, N, k])),
    },
  };
}

function needed(k: number | null): string {
  if (k === null) return NONE;
  return k <= 1 ? 'at most 1' : loss(k, 1);
}
