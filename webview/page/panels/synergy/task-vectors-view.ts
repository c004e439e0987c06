/** How the task vectors of the pool lie to each other, as a table to be coloured. */
import type { TaskVectors } from '../../../../core/geometry/task-vectors.ts';
import type { CsvTable } from '../../../../words/csv.ts';
import { NONE } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { cosineText, normText, restsOn, shareText } from '../../../../words/task-vectors.ts';
import type { Scope } from '../../state/view.ts';

export type VectorsMatrix = 'cosine' | 'conflict';

/** In the order of the list; each says what the numbers are. */
export const VECTORS: readonly {
  readonly value: VectorsMatrix;
  readonly label: string;
  readonly note: string;
}[] = [
  {
    value: 'cosine',
    label: 'Cosine',
    note: 'Cosine of the angle between two task vectors: 1 is the same direction, 0 nothing in common. Blue: above 0.',
  },
  {
    value: 'conflict',
    label: 'Opposite signs',
    note: 'Share of opposite signs among the parameters that both change: half of them is chance. Orange: above a half.',
  },
];

export interface VectorsCell {
  readonly text: string;
  /** −4..4: how far from nothing in common, against the farthest pair. */
  readonly heat: number;
  readonly own: boolean;
  readonly tip: string;
}

export interface VectorsTable {
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly expert: string;
    readonly norm: string;
    readonly zeros: string;
    readonly cells: readonly VectorsCell[];
  }[];
  readonly csv: CsvTable;
  readonly summary: string;
  /** What is odd, one sentence each. */
  readonly warnings: readonly string[];
}

/** Null while they are not measured. */
export function vectorsTable({ report, size }: Scope, matrix: VectorsMatrix): VectorsTable | null {
  const vectors = size?.geometry;
  if (!vectors) return null;
  const names = report.pool.map((name) => plain(name, 28));
  const strength = strengthsOf(vectors, matrix);
  const most = Math.max(1e-12, ...strength.flatMap((row, i) => row.filter((_, j) => i !== j).map(Math.abs)));
  return {
    columns: names,
    rows: vectors.experts.map(({ norm, zeros }, i) => ({
      expert: names[i] ?? '',
      norm: normText(norm),
      zeros: shareText(zeros),
      cells: names.map((_, j) => ({
        text: textOf(vectors, matrix, i, j),
        heat: i === j ? 0 : Math.round((4 * (strength[i]?.[j] ?? 0)) / most),
        own: i === j,
        tip: i === j ? `${names[i]} itself` : tipOf(vectors, names, i, j),
      })),
    })),
    csv: csvOf(report.pool, vectors),
    summary: restsOn(vectors),
    warnings: vectors.warnings.map(({ expert, message, fix }) => `${names[expert]}: ${message} ${fix}`),
  };
}

/** Above 0 where two agree, below where they are in conflict. */
function strengthsOf(
  { cosines, conflicts }: TaskVectors,
  matrix: VectorsMatrix,
): readonly (readonly number[])[] {
  return matrix === 'cosine'
    ? cosines.map((row) => row.map((cosine) => cosine ?? 0))
    : conflicts.map((row) => row.map((share) => 0.5 - (share ?? 0.5)));
}

function textOf({ cosines, conflicts }: TaskVectors, matrix: VectorsMatrix, i: number, j: number): string {
  if (i === j) return NONE;
  return matrix === 'cosine' ? cosineText(cosines[i]?.[j] ?? null) : shareText(conflicts[i]?.[j] ?? null);
}

function tipOf(vectors: TaskVectors, names: readonly string[], i: number, j: number): string {
  return [
    `${names[i]} and ${names[j]}`,
    `cosine ${textOf(vectors, 'cosine', i, j)}`,
    `opposite signs ${textOf(vectors, 'conflict', i, j)} of what both change`,
  ].join('\n');
}

/** One row a pair; what is of one expert stands with it. */
function csvOf(pool: readonly string[], { experts, cosines, conflicts }: TaskVectors): CsvTable {
  return {
    columns: ['expert', 'other', 'cosine', 'opposite_signs', 'norm_over_base', 'zeros'],
    rows: pool.flatMap((expert, i) =>
      pool.map((other, j) => [
        ...[expert, other, cosines[i]?.[j] ?? null, conflicts[i]?.[j] ?? null],
        ...[experts[i]?.norm ?? null, experts[i]?.zeros ?? null],
      ]),
    ),
  };
}
