import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Samples } from './samples.ts';
import { shuffle } from './shuffle.ts';

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
  const random = Array.from({ length: FOLDINGS - 1 }, () => shuffle(regular.slice(), rng));
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
    const order = shuffle(
      Array.from({ length }, (_, i) => from + i),
      rng,
    );
    for (const s of order) cells[s] = next++ % CELLS;
  }
  return cells;
}

type Generator = ReturnType<typeof xoroshiro128plus>;
