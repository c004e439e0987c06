import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type Losses, objectiveOf } from './measured.ts';
import { below } from './resample.ts';
import type { DomainWeights, Samples } from './samples.ts';

/** Enough that a fold's choice sees nine tenths of the samples; each domain is spread over all folds. */
export const FOLDS = 10;
/** Of which folds are made. */
const CELLS = 5 * FOLDS;
/** One folding alone moves the cross-fitted loss of a choice by chance, as much as choices differ by. */
const FOLDINGS = 5;

/** Shape (S): the fold of each sample. */
export type Folds = Uint8Array;

/** The same samples folded in several ways, each fold made of whole cells: what lies outside a fold is a sum over cells. */
export interface Foldings {
  /** Shape (S): the cell of each sample. */
  readonly cell: Uint8Array;
  /** The fold of each cell, one row a folding. */
  readonly folds: readonly Uint8Array[];
}

/** Random folds, equal in size within one sample, in each domain and over all. */
export function foldsOf(samples: Samples, seed: number): Folds {
  return cellsOf(samples, xoroshiro128plus(seed)).map((cell) => cell % FOLDS);
}

/** The first folding is that of `foldsOf`. */
export function foldingsOf(samples: Samples, seed: number): Foldings {
  const rng = xoroshiro128plus(seed);
  const cell = cellsOf(samples, rng);
  const regular = Uint8Array.from({ length: CELLS }, (_, c) => c % FOLDS);
  const random = Array.from({ length: FOLDINGS - 1 }, () => shuffled(regular, rng));
  return { cell, folds: [regular, ...random] };
}

/** As the only folding. */
export function onlyFolding(folds: Folds): Foldings {
  return { cell: folds, folds: [Uint8Array.from({ length: FOLDS }, (_, f) => f)] };
}

/** The fold of each sample in one of the foldings. */
export function foldsIn({ cell, folds }: Foldings, folding: number): Folds {
  return cell.map((c) => folds[folding]?.[c] ?? 0);
}

function cellsOf(samples: Samples, rng: Generator): Uint8Array {
  const cells = new Uint8Array(samples.tokens.length);
  let next = 0;
  for (let d = 0; d < samples.domains.length; d++) {
    const from = samples.start[d] as number;
    const length = (samples.start[d + 1] as number) - from;
    const order = shuffled(
      Array.from({ length }, (_, i) => from + i),
      rng,
    );
    for (const s of order) cells[s] = next++ % CELLS;
  }
  return cells;
}

type Generator = ReturnType<typeof xoroshiro128plus>;

/** Fisher and Yates. */
function shuffled<T extends number[] | Uint8Array>(values: T, rng: Generator): T {
  const out = values.slice() as T;
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(rng, i + 1);
    [out[i], out[j]] = [out[j] as number, out[i] as number];
  }
  return out;
}

/**
 * Σ_d w_d L_d of a row on all samples outside each fold, into `losses`, shape (foldings × folds). A domain whose only
 * samples are in the fold has no say; where that leaves none, all samples speak.
 */
export function withoutFolds(
  samples: Samples,
  weights: DomainWeights,
  { cell, folds }: Foldings,
): (row: Losses, losses?: Float64Array) => Float64Array {
  const outside = folds.length * FOLDS;
  const counted = Array.from(weights.keys()).filter((d) => weights[d] !== 0);
  const inCell = new Float64Array(folds[0]?.length ?? 0);
  const inFold = new Float64Array(FOLDS);
  const sums = new Float64Array(outside);
  const left = counted.map((d) => {
    sumOutside(samples.tokens, d);
    return sums.map((tokens) => Math.max(0, tokens));
  });
  const emptied = Array.from({ length: outside }, (_, at) => at).filter((at) =>
    left.every((tokens) => tokens[at] === 0),
  );
  return (row, losses = new Float64Array(outside)) => {
    losses.fill(0);
    for (const [i, d] of counted.entries()) {
      const weight = weights[d] as number;
      const tokens = left[i] as Float64Array;
      sumOutside(row.nll, d);
      for (let at = 0; at < outside; at++) {
        const own = tokens[at] as number;
        if (own > 0) losses[at] = (losses[at] as number) + (weight * (sums[at] as number)) / own;
      }
    }
    for (const at of emptied) losses[at] = objectiveOf(row, weights);
    return losses;
  };

  /** Σ of `values` over the samples of domain `d` outside each fold, into `sums`. */
  function sumOutside(values: Losses['nll'], d: number): void {
    const to = samples.start[d + 1] as number;
    let total = 0;
    inCell.fill(0);
    for (let s = samples.start[d] as number; s < to; s++) {
      const value = values[s] as number;
      const c = cell[s] as number;
      inCell[c] = (inCell[c] as number) + value;
      total += value;
    }
    for (let r = 0; r < folds.length; r++) {
      const fold = folds[r] as Uint8Array;
      inFold.fill(0);
      for (let c = 0; c < fold.length; c++) {
        const f = fold[c] as number;
        inFold[f] = (inFold[f] as number) + (inCell[c] as number);
      }
      for (let f = 0; f < FOLDS; f++) sums[r * FOLDS + f] = total - (inFold[f] as number);
    }
  }
}
