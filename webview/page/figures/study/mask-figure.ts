/** Random methods: what of the spread is the masks', and what the subsets'. */
import type { MaskNoise } from '../../../../core/law/spread/mask-noise.ts';
import { cellName } from '../../../../words/cell-name.ts';
import { counted, loss, NONE, percent } from '../../../../words/numbers.ts';
import { type Scope, studyOf } from '../../state/view.ts';
import { type FigurePoint, kAxis, padded, type XyFigure } from '../figure.ts';
import { plainSeries } from '../series.ts';

/** Of the objective; null for methods without masks, or with a single seed. */
export function maskFigure(scope: Scope): XyFigure | null {
  const rows = studyOf(scope)?.mask_noise ?? [];
  const last = rows.at(-1);
  if (!last) return null;
  const { report, cell } = scope;
  const tip = (known: readonly MaskNoise[]) => (i: number) => tipOf(known[i]);
  const ofSubsets = rows.filter(({ subset_variance }) => subset_variance !== null);
  const masks = rows.map(({ k, mask_variance }) => sdAt(k, mask_variance));
  const subsets = ofSubsets.map(({ k, subset_variance }) => sdAt(k, subset_variance ?? 0));
  const [least, most] = padded(0, Math.max(...[...masks, ...subsets].map(({ y }) => y)), 0.08);
  return {
    kind: 'xy',
    title: `Mask noise · ${cellName(report, cell)}`,
    summary: `Standard deviation of the loss between masks of one subset and between subsets, by k; at k = ${last.k} ${shareText(last)} of a single merge's variance is its mask's.`,
    x: kAxis(Math.max(report.pool.length, last.k)),
    y: { title: 'standard deviation, nats', min: least, max: most, least, most },
    series: [
      {
        ...plainSeries,
        id: 'masks',
        label: 'Between masks',
        ink: 'purple',
        shape: 'rect',
        line: [],
        points: masks,
        tip: tip(rows),
      },
      {
        ...plainSeries,
        id: 'subsets',
        label: 'Between subsets',
        ink: 'blue',
        line: [6, 3],
        points: subsets,
        tip: tip(ofSubsets),
      },
    ],
    levels: [],
    marks: [],
    ringed: null,
    table: {
      columns: ['k', 'Subsets', 'Seeds', 'Sd of masks', 'Sd of subsets', "Masks' share"].map((title) => ({
        title,
      })),
      rows: rows.map((row) => [
        ...[`${row.k}`, `${row.subsets}`, `${row.seeds}`, loss(Math.sqrt(row.mask_variance), 5)],
        row.subset_variance === null ? NONE : loss(Math.sqrt(row.subset_variance), 5),
        shareText(row),
      ]),
      csv: {
        columns: ['k', 'subsets', 'seeds', 'mask_variance', 'subset_variance', 'mask_share'],
        rows: rows.map(({ k, subsets: n, seeds, mask_variance, subset_variance, mask_share }) => [
          ...[k, n, seeds, mask_variance, subset_variance, mask_share],
        ]),
      },
    },
  };
}

function sdAt(k: number, variance: number): FigurePoint {
  return { x: k, y: Math.sqrt(variance), low: null, high: null };
}

function shareText({ mask_share }: MaskNoise): string {
  return mask_share === null ? NONE : percent(mask_share);
}

function tipOf(row: MaskNoise | undefined) {
  if (!row) return { title: '', rows: [] };
  return {
    title: `k = ${row.k}, ${counted(row.subsets, 'subset')} under ${counted(row.seeds, 'seed')}`,
    rows: [
      ['sd between masks', loss(Math.sqrt(row.mask_variance), 5)],
      ['sd between subsets', row.subset_variance === null ? NONE : loss(Math.sqrt(row.subset_variance), 5)],
      ["masks' share of a merge's variance", shareText(row)],
    ] as const,
  };
}
