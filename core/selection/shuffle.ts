import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { below } from './resample.ts';

/** In place, the values from `from` to `to` (Fisher and Yates). */
export function shuffle<T extends number[] | Uint8Array | Uint16Array | Float64Array>(
  values: T,
  rng: RandomGenerator,
  from = 0,
  to = values.length,
): T {
  for (let i = to - from - 1; i > 0; i--) {
    const j = below(rng, i + 1);
    const held = values[from + i] as number;
    values[from + i] = values[from + j] as number;
    values[from + j] = held;
  }
  return values;
}
