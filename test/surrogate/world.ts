/** A pool whose every loss is known: smooth in the merge weights, and of no basis that a surrogate has. */
import { enumerateSubsets, type Members } from '../../core/design/subsets.ts';
import { type Random, seededRandom } from '../../core/law/random.ts';
import { fitSurrogate, type Surrogate } from '../../core/surrogate/fit.ts';
import type { SurrogateMerge } from '../../core/surrogate/merge.ts';

const DIMENSIONS = 5;
const DOMAINS = 4;

export class SurrogateWorld {
  readonly pool: number;
  /** Spread between experts around a shared direction of length 1. */
  readonly #vectors: readonly (readonly number[])[];
  readonly #optima: readonly (readonly number[])[];
  /** Deviation of single merges from what is smooth, nats. */
  readonly #rough: number;

  constructor(
    pool: number,
    seed: number,
    options: { readonly spread?: number; readonly rough?: number } = {},
  ) {
    const random = seededRandom(seed);
    this.pool = pool;
    this.#rough = options.rough ?? 0;
    const spread = options.spread ?? 0.7;
    const around = (length: number) =>
      Array.from({ length: DIMENSIONS }, (_, i) => (i === 0 ? 1 : 0) + length * random.normal());
    this.#vectors = Array.from({ length: pool }, () => around(spread));
    this.#optima = Array.from({ length: DOMAINS }, () => around(0.6));
  }

  /** Σ_d √(1 + |Σ α_i v_i − o_d|²)/D at weights α, shape (M). */
  lossAt(alpha: ArrayLike<number>): number {
    const x = Array.from({ length: DIMENSIONS }, (_, i) =>
      this.#vectors.reduce((sum, v, m) => sum + (alpha[m] ?? 0) * (v[i] ?? 0), 0),
    );
    const losses = this.#optima.map((o) =>
      Math.sqrt(1 + x.reduce((sum, value, i) => sum + (value - (o[i] ?? 0)) ** 2, 0)),
    );
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  }

  merge(members: Members, step = 1 / members.length): SurrogateMerge {
    const alpha = new Float64Array(this.pool);
    for (const i of members) alpha[i] = step;
    const seed = members.reduce((hash, i) => Math.imul(hash ^ (i + 1), 0x9e3779b1), 7);
    return { members, step, loss: this.lossAt(alpha) + this.#rough * seededRandom(seed).normal() };
  }

  /** Every subset of size k, averaged. */
  ofSize(k: number): SurrogateMerge[] {
    return [...enumerateSubsets(this.pool, k)].map((members) => this.merge(members));
  }

  all(): SurrogateMerge[] {
    return Array.from({ length: this.pool }, (_, i) => this.ofSize(i + 1)).flat();
  }

  mean(k: number): number {
    const losses = this.ofSize(k).map(({ loss }) => loss);
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  }

  /** Anchors, then as many of each other size in turn as there are up to `count` merges. */
  sample(count: number, random: Random): SurrogateMerge[] {
    const sizes = Array.from({ length: this.pool - 2 }, (_, i) => shuffled(this.ofSize(i + 2), random));
    const drawn = [...this.ofSize(1), ...this.ofSize(this.pool)];
    for (let round = 0; drawn.length < count && sizes.some((list) => round < list.length); round++)
      for (const list of sizes) drawn.push(...list.slice(round, round + 1));
    return drawn.slice(0, count);
  }
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, rank: random.uniform() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

export function fitted(
  merges: readonly SurrogateMerge[],
  pool: number,
  base: number | null = null,
): Surrogate {
  const surrogate = fitSurrogate(merges, pool, base, 1);
  if (surrogate.kind === 'refused') throw new Error(surrogate.problem.message);
  return surrogate;
}
