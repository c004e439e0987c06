/** How long the task vectors v_i = θ_i − θ0 of a size are, and how they lie to each other. */
import type { GeometryFile, PlanSize } from '../store/format.ts';
import { expertWarnings } from './warnings.ts';

export interface TaskVectors {
  /** In pool order. */
  readonly experts: readonly TaskVector[];
  /** cos(v_i, v_j) [pool × pool]; null where one of them is zero. */
  readonly cosines: PoolMatrix;
  /** Share of opposite signs among the entries where neither is zero [pool × pool]; null where there are none. */
  readonly conflicts: PoolMatrix;
  /** Entries of the base that a merge changes; all of them where `sampled` is as large. */
  readonly coordinates: number;
  readonly sampled: number;
  readonly warnings: readonly ExpertWarning[];
}

export type PoolMatrix = readonly (readonly (number | null)[])[];

export interface TaskVector {
  /** ‖v‖/‖θ0‖; null where the base is zero. */
  readonly norm: number | null;
  /** Share of entries that are exactly zero. */
  readonly zeros: number;
  /** Mean of its shares of opposite signs with the others; null where none is known. */
  readonly conflict: number | null;
  /** Of the largest cosine among the other experts; null where none is known. */
  readonly closest: { readonly expert: number; readonly cosine: number } | null;
}

/** What is odd about one expert of the pool. */
export interface ExpertWarning {
  readonly code: 'expert_equals_base' | 'expert_far_from_base' | 'expert_norm_unusual' | 'experts_alike';
  /** Index into the pool. */
  readonly expert: number;
  /** Without the expert's name. */
  readonly message: string;
  readonly fix: string;
}

/** @param file of the models of `size` */
export function taskVectors(
  file: GeometryFile,
  { experts }: Pick<PlanSize, 'experts'>,
  pool: readonly string[],
): TaskVectors {
  const rowOf = new Map<string | undefined, number>(
    file.experts.map((fingerprint, row) => [fingerprint, row]),
  );
  const rows = pool.map((name) => rowOf.get(experts[name]?.fingerprint) ?? 0);
  const measured = measuredOf(file, rows);
  return { ...measured, warnings: expertWarnings(measured, rows, pool) };
}

/** Of some of the experts among themselves. @param kept indices into the pool, ascending */
export function vectorsOf(all: TaskVectors, kept: readonly number[]): TaskVectors {
  const within = (matrix: PoolMatrix) => pairs(kept, (i, j) => matrix[i]?.[j] ?? null);
  const [cosines, conflicts] = [within(all.cosines), within(all.conflicts)];
  return {
    ...all,
    experts: kept.map((expert, index) => ({
      ...(all.experts[expert] as TaskVector),
      conflict: meanOfOthers(index, conflicts),
      closest: closestTo(index, cosines),
    })),
    cosines,
    conflicts,
    warnings: all.warnings.flatMap((warning) => {
      const expert = kept.indexOf(warning.expert);
      return expert < 0 ? [] : [{ ...warning, expert }];
    }),
  };
}

/** @param rows of the matrices, for each expert of the pool */
function measuredOf(file: GeometryFile, rows: readonly number[]): Omit<TaskVectors, 'warnings'> {
  const { gram, shared, opposite, coordinates, sampled } = file;
  const at = (matrix: GeometryFile['gram'], i: number, j: number): number =>
    matrix[Math.max(i, j)]?.[Math.min(i, j)] ?? 0;
  const norm = (i: number): number => Math.sqrt(at(gram, i, i));
  const cosines = pairs(rows, (i, j) => {
    const lengths = norm(i) * norm(j);
    return lengths === 0 ? null : Math.max(-1, Math.min(1, at(gram, i, j) / lengths));
  });
  const conflicts = pairs(rows, (i, j) => {
    const both = at(shared, i, j);
    return both === 0 ? null : Math.min(1, at(opposite, i, j) / both);
  });
  return {
    experts: rows.map((row, index) => ({
      norm: finite(norm(row) / Math.sqrt(file.base_square)),
      zeros: at(shared, row, row) === 0 ? 1 : Math.max(0, 1 - at(shared, row, row) / coordinates),
      conflict: meanOfOthers(index, conflicts),
      closest: closestTo(index, cosines),
    })),
    cosines,
    conflicts,
    coordinates,
    sampled,
  };
}

/** Null for what a base of nothing but zeros gives. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function pairs(rows: readonly number[], of: (i: number, j: number) => number | null): PoolMatrix {
  return rows.map((i) => rows.map((j) => of(i, j)));
}

function meanOfOthers(index: number, matrix: PoolMatrix): number | null {
  const known = (matrix[index] ?? []).filter((value, other) => other !== index && value !== null);
  return known.length === 0
    ? null
    : known.reduce<number>((sum, value) => sum + (value ?? 0), 0) / known.length;
}

function closestTo(index: number, cosines: PoolMatrix): TaskVector['closest'] {
  let closest: TaskVector['closest'] = null;
  for (const [expert, cosine] of (cosines[index] ?? []).entries())
    if (expert !== index && cosine !== null && (closest === null || cosine > closest.cosine))
      closest = { expert, cosine };
  return closest;
}
