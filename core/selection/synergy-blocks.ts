import { throwIfCancelled } from '../law/cancelled.ts';
import { type Random, seededRandom } from '../law/random.ts';
import { averageLinkage, type Linkage, silhouette } from './average-linkage.ts';
import { Rotation } from './rotation.ts';
import type { Synergy } from './synergy.ts';

/** An order for the rows of a heat map, and blocks of it where the profiles do fall apart. */
export interface Blocks {
  /** Every row once, those with like profiles side by side; rows without a profile, or without known errors, last. */
  readonly order: readonly number[];
  /** The order, cut; null where the profiles show no blocks. Rows without a profile are in none. */
  readonly blocks: readonly (readonly number[])[] | null;
  /** Mean silhouette of the best cut, in −1..1; null with fewer than four rows. */
  readonly silhouette: number | null;
  /** Share of rotated profiles whose best cut is at least as good. */
  readonly p: number | null;
}

export interface SynergyBlocks {
  readonly donors: Blocks;
  readonly receivers: Blocks;
}

const ROTATIONS = 499;
/** Blocks are named where p is at most this. */
const LEVEL = 0.05;

/**
 * Donors by what they do for each domain, receivers by what each donor does for them: average linkage of the adjusted
 * gains, own expert apart. The cut of the largest mean silhouette (blocks of two rows on average or more) counts as
 * blocks only where rows turned at random hardly ever have as good a one: a gradient, one good donor, or noise fall
 * apart somewhere too. @throws Cancelled
 */
export function synergyBlocks(
  { adjusted, own }: Pick<Synergy, 'adjusted' | 'own'>,
  seed: number,
  cancelled?: () => boolean,
): SynergyBlocks {
  const values = adjusted.map((row) => row.map((entry) => (entry && entry.p !== null ? entry.value : null)));
  const transposed = own.map((_, e) => values.map((row) => row[e] ?? null));
  const random = seededRandom(seed);
  return {
    donors: blocksOf(values, (d, e) => own[e] === d, random, cancelled),
    receivers: blocksOf(transposed, (e, d) => own[e] === d, random, cancelled),
  };
}

function blocksOf(
  values: readonly (readonly (number | null)[])[],
  isOwn: (row: number, column: number) => boolean,
  random: Random,
  cancelled: (() => boolean) | undefined,
): Blocks {
  const columns = (values[0] ?? []).map((_, c) => c).filter((c) => values.some((row) => row[c] !== null));
  const rows = values
    .map((_, r) => r)
    .filter((r) => columns.length > 0 && columns.every((c) => values[r]?.[c] !== null));
  const R = rows.length;
  const most = Math.floor(R / 2);
  const profiles = profilesOf(
    rows.map((r) => columns.map((c) => (isOwn(r, c) ? null : (values[r]?.[c] ?? null)))),
  );
  const linkage = averageLinkage(distancesOf(profiles, R), R, most);
  const order = [...linkage.order.map((i) => rows[i] as number), ...others(values.length, rows)];
  const best = bestCut(linkage, distancesOf(profiles, R));
  if (!best || R < 4) return { order, blocks: null, silhouette: null, p: null };
  const rotation = new Rotation(profiles, R, random);
  let asGood = 0;
  for (let draw = 0; draw < ROTATIONS; draw++) {
    throwIfCancelled(cancelled);
    const distances = distancesOf(rotation.draw(random), R);
    const cut = bestCut(averageLinkage(distances, R, most), distances);
    if (cut && cut.silhouette >= best.silhouette) asGood += 1;
  }
  const p = (asGood + 1) / (ROTATIONS + 1);
  const blocks = p <= LEVEL ? cutOrder(linkage.order, best.labels, rows) : null;
  return { order, blocks, silhouette: best.silhouette, p };
}

/**
 * Columns around their means; a row's own column, which tells it apart from all others by itself, is replaced by the
 * mean of its other ones. Shape (R, C).
 */
function profilesOf(values: readonly (readonly (number | null)[])[]): Float64Array {
  const C = values[0]?.length ?? 0;
  const means = Array.from({ length: C }, (_, c) => meanOf(values.map((row) => row[c] ?? null)));
  const centred = values.map((row) =>
    row.map((value, c) => (value === null ? null : value - (means[c] ?? 0))),
  );
  return Float64Array.from(
    centred.flatMap((row) => {
      const mean = meanOf(row);
      return row.map((value) => value ?? mean);
    }),
  );
}

function meanOf(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : 0;
}

/** Euclidean, in nats per token. Shape (R, R). */
function distancesOf(profiles: Float64Array, R: number): Float64Array {
  const C = R > 0 ? profiles.length / R : 0;
  const distances = new Float64Array(R * R);
  for (let a = 0; a < R; a++) {
    for (let b = 0; b < a; b++) {
      let squares = 0;
      for (let c = 0; c < C; c++)
        squares += ((profiles[a * C + c] as number) - (profiles[b * C + c] as number)) ** 2;
      distances[a * R + b] = Math.sqrt(squares);
      distances[b * R + a] = Math.sqrt(squares);
    }
  }
  return distances;
}

function bestCut({ partitions }: Linkage, distances: Float64Array) {
  const cuts = partitions.map((labels, i) => ({ labels, silhouette: silhouette(distances, labels, i + 2) }));
  return cuts.reduce<(typeof cuts)[0] | null>(
    (best, cut) => (best === null || cut.silhouette > best.silhouette ? cut : best),
    null,
  );
}

function cutOrder(order: readonly number[], labels: Int32Array, rows: readonly number[]): number[][] {
  const blocks = new Map<number, number[]>();
  for (const i of order) {
    const label = labels[i] as number;
    blocks.set(label, [...(blocks.get(label) ?? []), rows[i] as number]);
  }
  return [...blocks.values()];
}

function others(count: number, rows: readonly number[]): number[] {
  return Array.from({ length: count }, (_, r) => r).filter((r) => !rows.includes(r));
}
