/** Losses of many models on what lies outside each fold. */
import { FOLDS, type Foldings } from './folds.ts';
import { type Losses, objectiveOf } from './measured.ts';
import type { DomainWeights, Samples } from './samples.ts';

/** Models that are looked at together: sums of one alone would wait for each addition. */
export const LANES = 4;

/** Samples of one domain and cell are a group: every fold has all of it or nothing. */
interface Groups {
  /** Domains that count. */
  readonly domains: readonly number[];
  /** Samples, those of one group behind each other. */
  readonly order: Int32Array;
  /** Where each group begins in `order`. Shape (G + 1). */
  readonly start: Int32Array;
  /** Shape (G). */
  readonly cell: Int32Array;
  /** Shape (G): index into `domains`. */
  readonly domain: Int32Array;
  /** The first group of each of `domains`, and behind the last: theirs follow each other. */
  readonly first: Int32Array;
}

/** Each loss is a weighted sum of groups and of whole domains, which follow the groups. */
interface Sums {
  /** Where those of each fold begin. Shape (F + 1). */
  readonly start: Int32Array;
  readonly part: Int32Array;
  readonly weight: Float64Array;
  /** Folds that leave no sample that counts. */
  readonly emptied: readonly number[];
}

/**
 * Σ_d w_d L_d of a row on all samples outside each fold. A domain whose only samples are in the fold has no say; where
 * that leaves none, all samples speak.
 */
export class OutsideFolds {
  static readonly #made = new WeakMap<Foldings, Map<string, OutsideFolds>>();
  /** F, folds of all foldings. */
  readonly count: number;
  readonly #weights: DomainWeights;
  readonly #groups: Groups;
  readonly #sums: Sums;
  readonly #row: Float64Array;
  /** Of each lane: by group, then by domain. */
  readonly #parts: readonly [Float64Array, Float64Array, Float64Array, Float64Array];
  readonly #losses: Float64Array;

  /** Made once for the same foldings and weights. @param samples those of the foldings */
  static of(samples: Samples, weights: DomainWeights, foldings: Foldings): OutsideFolds {
    const made = OutsideFolds.#made.get(foldings) ?? new Map<string, OutsideFolds>();
    OutsideFolds.#made.set(foldings, made);
    const name = weights.join();
    const known = made.get(name) ?? new OutsideFolds(samples, weights, foldings);
    made.set(name, known);
    return known;
  }

  private constructor(samples: Samples, weights: DomainWeights, foldings: Foldings) {
    this.count = foldings.folds.length * FOLDS;
    this.#weights = weights;
    this.#groups = groupsOf(samples, weights, foldings.cell);
    this.#sums = sumsOf(samples, weights, foldings, this.#groups);
    this.#row = new Float64Array(samples.tokens.length);
    const width = this.#groups.cell.length + this.#groups.domains.length;
    const room = () => new Float64Array(width);
    this.#parts = [room(), room(), room(), room()];
    this.#losses = new Float64Array(LANES * this.count);
  }

  /** Of one row. Shape (F). */
  of(row: Losses): Float64Array {
    return this.ofEach([row]).slice(0, this.count);
  }

  /** Of as many rows as there are lanes, or fewer. Shape (LANES, F); the caller's until the next call. */
  ofEach(rows: readonly Losses[]): Float64Array {
    for (let lane = 0; lane < rows.length; lane++)
      this.#add(rows[lane] as Losses, this.#parts[lane] as Float64Array);
    addUp(this.#sums, this.#parts, this.#losses);
    for (const at of this.#sums.emptied)
      for (const [lane, row] of rows.entries())
        this.#losses[lane * this.count + at] = objectiveOf(row, this.#weights);
    return this.#losses;
  }

  /** Sums of a row over each group, then over each domain. */
  #add({ nll }: Losses, parts: Float64Array): void {
    const { order, start, first } = this.#groups;
    const row = this.#row;
    // Rows are of either precision: the loop over them knows one.
    row.set(nll);
    const G = start.length - 1;
    for (let d = 0; d < first.length - 1; d++) {
      let total = 0;
      for (let g = first[d] as number; g < (first[d + 1] as number); g++) {
        let sum = 0;
        const end = start[g + 1] as number;
        for (let i = start[g] as number; i < end; i++) sum += row[order[i] as number] as number;
        parts[g] = sum;
        total += sum;
      }
      parts[G + d] = total;
    }
  }
}

/** The loss outside each fold in each lane, into `losses`. */
function addUp(
  { start, part, weight }: Sums,
  [a, b, c, d]: readonly [Float64Array, Float64Array, Float64Array, Float64Array],
  losses: Float64Array,
): void {
  const F = start.length - 1;
  for (let at = 0; at < F; at++) {
    const end = start[at + 1] as number;
    let [ofA, ofB, ofC, ofD] = [0, 0, 0, 0];
    for (let i = start[at] as number; i < end; i++) {
      const p = part[i] as number;
      const w = weight[i] as number;
      ofA += w * (a[p] as number);
      ofB += w * (b[p] as number);
      ofC += w * (c[p] as number);
      ofD += w * (d[p] as number);
    }
    losses[at] = ofA;
    losses[F + at] = ofB;
    losses[2 * F + at] = ofC;
    losses[3 * F + at] = ofD;
  }
}

function groupsOf({ start }: Samples, weights: DomainWeights, cells: Uint8Array): Groups {
  const domains = Array.from(weights.keys()).filter((d) => weights[d] !== 0);
  const groups: { cell: number; domain: number; samples: number[] }[] = [];
  const first = [0];
  for (const [domain, d] of domains.entries()) {
    const own = new Map<number, number[]>();
    for (let s = start[d] as number; s < (start[d + 1] as number); s++) {
      const cell = cells[s] as number;
      const known = own.get(cell);
      if (known) known.push(s);
      else own.set(cell, [s]);
    }
    for (const [cell, samples] of own) groups.push({ cell, domain, samples });
    first.push(groups.length);
  }
  const starts = [0];
  for (const { samples } of groups) starts.push((starts.at(-1) as number) + samples.length);
  return {
    domains,
    order: Int32Array.from(groups.flatMap(({ samples }) => samples)),
    start: Int32Array.from(starts),
    cell: Int32Array.from(groups, ({ cell }) => cell),
    domain: Int32Array.from(groups, ({ domain }) => domain),
    first: Int32Array.from(first),
  };
}

/** By folding and fold. A domain counts by its tokens outside the fold: all of it, less its groups in the fold. */
function sumsOf(samples: Samples, weights: DomainWeights, { folds }: Foldings, groups: Groups): Sums {
  const { domains, order, start, cell, domain } = groups;
  const G = cell.length;
  const starts = [0];
  const part: number[] = [];
  const weight: number[] = [];
  const emptied: number[] = [];
  const tokens = Array.from(cell, (_, g) => {
    const own = order.subarray(start[g], start[g + 1]);
    return own.reduce((sum, s) => sum + (samples.tokens[s] as number), 0);
  });
  for (const folding of folds) {
    const inFold = Array.from({ length: FOLDS }, (): number[] => []);
    for (let g = 0; g < G; g++) inFold[folding[cell[g] as number] as number]?.push(g);
    for (const own of inFold) {
      const left = Array.from(domains, (d) => samples.domainTokens[d] as number);
      for (const g of own)
        left[domain[g] as number] = (left[domain[g] as number] as number) - (tokens[g] as number);
      if (left.every((rest) => rest <= 0)) emptied.push(starts.length - 1);
      const shares = left.map((rest, d) => (rest > 0 ? (weights[domains[d] as number] as number) / rest : 0));
      part.push(...shares.map((_, d) => G + d), ...own);
      weight.push(...shares, ...own.map((g) => -(shares[domain[g] as number] as number)));
      starts.push(part.length);
    }
  }
  return {
    start: Int32Array.from(starts),
    part: Int32Array.from(part),
    weight: Float64Array.from(weight),
    emptied,
  };
}
