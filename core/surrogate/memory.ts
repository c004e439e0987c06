import type { AssistedMean } from './assisted-mean.ts';
import { fitSurrogate, type NoSurrogate, type Surrogate } from './fit.ts';
import { nameOf, type SurrogateMerge } from './merge.ts';

/** What was found of losses that never change: every decision looks at all looks again, and the curve shares the last one's fit. */
export class SurrogateMemory {
  readonly #looks = new Map<string, readonly AssistedMean[]>();
  /** Of the most merges: earlier ones are not asked for again. */
  #fit: { readonly of: string; readonly merges: number; readonly found: Surrogate | NoSurrogate } | null =
    null;

  /** As `fitSurrogate`; pool and seed are the same each time. Given back once, since it is large. */
  fit(
    merges: readonly SurrogateMerge[],
    pool: number,
    base: number | null,
    seed: number,
  ): Surrogate | NoSurrogate {
    const of = namesOf(merges, base);
    const known = this.#fit;
    if (known?.of === of) {
      this.#fit = null;
      return known.found;
    }
    const found = fitSurrogate(merges, pool, base, seed);
    if (merges.length >= (known?.merges ?? 0)) this.#fit = { of, merges: merges.length, found };
    return found;
  }

  look(
    merges: readonly SurrogateMerge[],
    base: number | null,
    outside: number,
    make: () => AssistedMean[],
  ): readonly AssistedMean[] {
    const of = `${outside} ${namesOf(merges, base)}`;
    const known = this.#looks.get(of);
    if (known) return known;
    const made = make();
    this.#looks.set(of, made);
    return made;
  }
}

function namesOf(merges: readonly SurrogateMerge[], base: number | null): string {
  return `${base} ${merges.map(nameOf).join(' ')}`;
}
