/** Random methods: what of the spread is the masks' (between seeds), and what the subsets'. */

/** The loss of one subset of size k under one seed, nats. */
export interface SeededLoss {
  readonly k: number;
  /** Equal for equal subsets. */
  readonly subset: string;
  readonly seed: number;
  readonly loss: number;
}

export interface MaskNoise {
  readonly k: number;
  /** Subsets that have every seed. */
  readonly subsets: number;
  readonly seeds: number;
  /** Between seeds of one subset, nats²; with (subsets)·(seeds − 1) degrees of freedom. */
  readonly mask_variance: number;
  /** Between subsets, were their masks averaged over any number of seeds, nats². Not negative; null with one subset. */
  readonly subset_variance: number | null;
  /** mask/(mask + subset), of a single merge; null where both are zero or the subsets' is unknown. */
  readonly mask_share: number | null;
}

/**
 * Two-way components of variance by k, over the subsets that have all seeds of that k: seeds are crossed with subsets,
 * since a mask depends on the seed and the expert alone (analysis of variance; Searle, Casella and McCulloch 1992, §4.3).
 * No row for a k with fewer than two seeds.
 */
export function maskNoise(losses: readonly SeededLoss[]): MaskNoise[] {
  const ks = [...new Set(losses.map(({ k }) => k))].sort((a, b) => a - b);
  return ks.flatMap((k) => {
    const table = completeTable(losses.filter((row) => row.k === k && Number.isFinite(row.loss)));
    return table ? [{ k, ...components(table) }] : [];
  });
}

/** Rows of subsets, columns of seeds; null with fewer than two seeds or no subset that has them all. */
function completeTable(losses: readonly SeededLoss[]): number[][] | null {
  const seeds = [...new Set(losses.map(({ seed }) => seed))].sort((a, b) => a - b);
  const bySubset = new Map<string, Map<number, number>>();
  for (const { subset, seed, loss } of losses)
    bySubset.set(subset, (bySubset.get(subset) ?? new Map()).set(seed, loss));
  const rows = [...bySubset.values()]
    .filter((row) => row.size === seeds.length)
    .map((row) => seeds.map((seed) => row.get(seed) ?? Number.NaN));
  return seeds.length < 2 || rows.length === 0 ? null : rows;
}

function components(table: readonly (readonly number[])[]): Omit<MaskNoise, 'k'> {
  const n = table.length;
  const s = table[0]?.length ?? 0;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const ofSubset = table.map(mean);
  const ofSeed = Array.from({ length: s }, (_, j) => mean(table.map((row) => row[j] ?? 0)));
  const grand = mean(ofSubset);
  const within = table.reduce(
    (sum, row, i) => sum + row.reduce((own, loss) => own + (loss - (ofSubset[i] ?? 0)) ** 2, 0),
    0,
  );
  const mask = within / (n * (s - 1));
  const sizes = { subsets: n, seeds: s, mask_variance: mask };
  if (n < 2) return { ...sizes, subset_variance: null, mask_share: null };
  const betweenSubsets = (s * ofSubset.reduce((sum, value) => sum + (value - grand) ** 2, 0)) / (n - 1);
  const betweenSeeds = n * ofSeed.reduce((sum, value) => sum + (value - grand) ** 2, 0);
  // A seed that is good for all subsets moves none against another: only what is left is error of their difference.
  const interaction = Math.max(0, within - betweenSeeds) / ((n - 1) * (s - 1));
  const subset = Math.max(0, (betweenSubsets - interaction) / s);
  const total = mask + subset;
  return { ...sizes, subset_variance: subset, mask_share: total > 0 ? mask / total : null };
}
