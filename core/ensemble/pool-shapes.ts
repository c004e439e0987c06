/** Curves with one parameter that is not linear, t: their values at given places, over a grid made once. */
import { minimise } from '../law/minimise.ts';
import type { Places } from './pool-forms.ts';

export interface Shape {
  readonly low: number;
  readonly high: number;
  readonly at: (t: number) => Float64Array;
  /** At GRID + 1 equal steps from low to high. */
  readonly grid: readonly Float64Array[];
}

const GRID = 40;

/** The exponent is sought on the scale of its logarithm, the offset on that of its own plus one. */
const EXPONENTS = { low: Math.log(0.01), high: Math.log(5) };
const OFFSETS = { low: 0, high: Math.log(101) };

const known = new WeakMap<Places, { readonly power: Shape; readonly offset: Shape }>();

/** (P/P_first)^−exp(t), so that no power leaves the range of numbers, and 1/(k + offset) with offset = exp(t) − 1. */
export function shapesOf(places: Places): { readonly power: Shape; readonly offset: Shape } {
  const found = known.get(places);
  if (found) return found;
  const logs = Float64Array.from(places.P, (p) => Math.log(p / (places.P[0] as number)));
  const k = Float64Array.from(places.k);
  const made = {
    power: shape(EXPONENTS, (t) => logs.map((log) => Math.exp(-Math.exp(t) * log))),
    offset: shape(OFFSETS, (t) => k.map((value) => 1 / (value + Math.expm1(t)))),
  };
  known.set(places, made);
  return made;
}

function shape({ low, high }: { low: number; high: number }, at: Shape['at']): Shape {
  const grid = Array.from({ length: GRID + 1 }, (_, i) => at(low + ((high - low) * i) / GRID));
  return { low, high, at, grid };
}

/** The t of the least misfit: over the grid, then by Brent's steps around its best. */
export function bestOf({ low, high, at, grid }: Shape, misfit: (x: Float64Array) => number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [i, x] of grid.entries()) {
    const value = misfit(x);
    if (value < least) {
      least = value;
      best = i;
    }
  }
  const t = (i: number) => low + ((high - low) * Math.min(GRID, Math.max(0, i))) / GRID;
  return minimise((value) => misfit(at(value)), t(best - 1), t(best + 1), t(best), TOLERANCE).x;
}

const TOLERANCE = 1e-6;
