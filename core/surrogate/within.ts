import type { SurrogateMerge } from './merge.ts';

/** How well merges are foretold from the others of their size. */
export interface Agreement {
  /** 1 − Σ e² / Σ (L − mean of its k)² over k ≥ 2, e without the merge itself; null without two subsets of any such k. */
  readonly r2: number | null;
  /** Root mean square of e over k ≥ 2, nats per token; null as above. */
  readonly rmse: number | null;
  readonly byK: readonly {
    readonly k: number;
    readonly merges: number;
    readonly r2: number;
    readonly rmse: number;
  }[];
}

/**
 * Single experts do not count: every plan measures them all, and foretelling one from mixtures is another task.
 *
 * @param leftOut shape (n): loss minus the prediction without the merge, NaN where there is none
 */
export function agreementWithin(merges: readonly SurrogateMerge[], leftOut: Float64Array): Agreement {
  const sizes = new Map<number, number[]>();
  for (const [i, { members }] of merges.entries()) {
    const k = members.length;
    if (k > 1) sizes.set(k, [...(sizes.get(k) ?? []), i]);
  }
  const byK = [...sizes]
    .filter(([, indices]) => indices.length > 1)
    .sort(([a], [b]) => a - b)
    .map(([k, indices]) => {
      const losses = indices.map((i) => (merges[i] as SurrogateMerge).loss);
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      // What cannot be foretold is foretold by the mean.
      const errors = indices.map((i, at) => {
        const e = leftOut[i] as number;
        return Number.isNaN(e) ? (losses[at] as number) - mean : e;
      });
      return {
        k,
        count: indices.length,
        squares: errors.reduce((sum, e) => sum + e * e, 0),
        total: losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0),
      };
    });
  const count = byK.reduce((sum, each) => sum + each.count, 0);
  const squares = byK.reduce((sum, each) => sum + each.squares, 0);
  const total = byK.reduce((sum, each) => sum + each.total, 0);
  return {
    r2: count > 0 ? share(squares, total) : null,
    rmse: count > 0 ? Math.sqrt(squares / count) : null,
    byK: byK.map((each) => ({
      k: each.k,
      merges: each.count,
      r2: share(each.squares, each.total),
      rmse: Math.sqrt(each.squares / each.count),
    })),
  };
}

function share(squares: number, total: number): number {
  return total > 0 ? 1 - squares / total : squares > 0 ? 0 : 1;
}
