import { describe, expect, it } from 'vitest';
import { MISFIT } from '../../core/design/information.ts';
import { expertWords } from '../../core/design/keyed-random.ts';
import { momentsOf } from '../../core/design/moments.ts';
import { type OptimalOptions, optimalSubsets } from '../../core/design/optimal.ts';
import { enumerateSubsets, type Members, sampleSubsets } from '../../core/design/subsets.ts';
import { basisRow, basisSize } from '../../core/surrogate/basis.ts';
import { cholesky, solveLower } from '../../core/surrogate/cholesky.ts';

const names = (pool: number) => Array.from({ length: pool }, (_, i) => `expert ${i}`);
const sizes = (pool: number) => Array.from({ length: pool }, (_, i) => i + 1);
const options = (pool: number, count: number): OptimalOptions => ({
  pool: names(pool),
  ks: sizes(pool),
  count,
  seed: 4,
});

function denseRow(members: Members, pool: number, step: number, varying: boolean): Float64Array {
  const dense = new Float64Array(basisSize(pool, varying));
  const { at, value } = basisRow({ members, step }, pool, varying);
  for (const [i, place] of at.entries()) dense[place] = value[i] ?? 0;
  return dense;
}

/** Mean of x·(XᵀX + ridge)⁻¹·x over all subsets, sizes alike, by its definition; Infinity where XᵀX is singular. */
function meanVariance(subsets: readonly Members[], pool: number, ridge = 0): number {
  const p = basisSize(pool, false);
  const everyone = Array.from({ length: pool }, (_, i) => i);
  const rows = [...everyone.map((i) => [i]), everyone, ...subsets].map((s) =>
    denseRow(s, pool, 1 / s.length, false),
  );
  const gram = new Float64Array(p * p);
  for (const x of rows)
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++) gram[i * p + j] = (gram[i * p + j] ?? 0) + (x[i] ?? 0) * (x[j] ?? 0);
  for (let i = 0; i < p; i++) gram[i * (p + 1)] = (gram[i * (p + 1)] ?? 0) + ridge;
  const L = cholesky(gram, p, 1e-14);
  if (!L) return Number.POSITIVE_INFINITY;
  const bySize = sizes(pool).map((k) => {
    const variances = [...enumerateSubsets(pool, k)].map((s) =>
      solveLower(L, p, denseRow(s, pool, 1 / k, false)).reduce((sum, z) => sum + z * z, 0),
    );
    return variances.reduce((sum, v) => sum + v, 0) / variances.length;
  });
  return bySize.reduce((sum, v) => sum + v, 0) / bySize.length;
}

describe('moments', () => {
  it.each([false, true])('are the mean of x·xᵀ over all subsets (lengths vary: %s)', (varying) => {
    const pool = 5;
    const p = basisSize(pool, varying);
    const step = (k: number) => (varying ? 1 : 1 / k);
    const moments = momentsOf(pool, [2, 3, 5], step, varying);
    const expected = new Float64Array(p * p);
    for (const k of [2, 3, 5]) {
      const subsets = [...enumerateSubsets(pool, k)];
      for (const s of subsets) {
        const x = denseRow(s, pool, step(k), varying);
        for (let i = 0; i < p * p; i++)
          expected[i] =
            (expected[i] ?? 0) + ((x[Math.floor(i / p)] ?? 0) * (x[i % p] ?? 0)) / subsets.length / 3;
      }
    }
    for (let i = 0; i < p * p; i++) expect(moments[i]).toBeCloseTo(expected[i] ?? Number.NaN, 12);
  });
});

describe('optimal subsets', () => {
  it('make the mean variance of predictions much smaller than a stratified random design does', () => {
    const pool = 7;
    const count = 45;
    const random = [11, 12, 13, 14, 15].map((seed) => {
      const words = expertWords(names(pool), seed);
      const lists = [2, 3, 4, 5, 6].map((k) => sampleSubsets(words, k, 12));
      const drawn = Array.from({ length: 12 }, (_, i) =>
        lists.flatMap((list) => list.slice(i, i + 1)),
      ).flat();
      return meanVariance(drawn.slice(0, count), pool);
    });
    const median = random.sort((a, b) => a - b)[2] ?? Number.NaN;
    expect(meanVariance(optimalSubsets(options(pool, count)), pool)).toBeLessThan(0.6 * median);
  });

  it('are as good as the best of each step by direct computation', () => {
    const pool = 5;
    const subsets = optimalSubsets(options(pool, 20));
    for (const n of [0, 1, 7, 16]) {
      const before = subsets.slice(0, n);
      const chosen = meanVariance([...before, subsets[n] ?? []], pool, MISFIT);
      for (const s of [2, 3, 4].flatMap((k) => [...enumerateSubsets(pool, k)])) {
        if (before.some((each) => each.join() === s.join())) continue;
        expect(chosen).toBeLessThanOrEqual((1 + 1e-6) * meanVariance([...before, s], pool, MISFIT));
      }
    }
  });

  it('belong to the seed and the names of the experts, not to their order', () => {
    const ordered = optimalSubsets(options(6, 30));
    expect(optimalSubsets(options(6, 30))).toEqual(ordered);
    expect(optimalSubsets({ ...options(6, 30), seed: 5 })).not.toEqual(ordered);
    const pool = names(6).reverse();
    const renamed = optimalSubsets({ ...options(6, 30), pool }).map((s) =>
      s.map((i) => 5 - i).sort((a, b) => a - b),
    );
    expect(renamed).toEqual(ordered);
  });

  it('begin alike, whatever their number, and grow from what is measured', () => {
    const many = optimalSubsets(options(7, 60));
    expect(optimalSubsets(options(7, 25))).toEqual(many.slice(0, 25));
    const grown = optimalSubsets({ ...options(7, 35), measured: many.slice(0, 25) });
    expect(grown).toEqual(many.slice(25));
  });

  it('never repeat one, leave anchors out, and end where there are no more', () => {
    const all = optimalSubsets({ ...options(5, 100), ks: [1, 2, 3, 5] });
    expect(new Set(all.map((s) => s.join())).size).toBe(20);
    expect(all.every(({ length }) => length === 2 || length === 3)).toBe(true);
  });

  it('serve pools that cannot be enumerated', () => {
    const subsets = optimalSubsets(options(24, 60));
    expect(subsets).toHaveLength(60);
    const counts = Array.from({ length: 24 }, (_, i) => subsets.filter((s) => s.includes(i)).length);
    expect(Math.min(...counts)).toBeGreaterThan(0.5 * Math.max(...counts));
  });
});
