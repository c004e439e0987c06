/** Minimising a smooth function over weights α ≥ 0 of bounded length, by projected gradients. */

export interface Lengths {
  /** Least and largest Σα; equal where the length is fixed. */
  readonly from: number;
  readonly to: number;
}

export interface Smooth {
  readonly value: (alpha: Float64Array) => number;
  readonly gradient: (alpha: Float64Array) => Float64Array;
}

export interface Minimum {
  readonly alpha: Float64Array;
  readonly value: number;
}

const ITERATIONS = 500;
/** A step that lowers the value by less than this, relative, is the last. */
const TOLERANCE = 1e-12;
const SUFFICIENT = 1e-4;

/** The nearest point with α ≥ 0 and from ≤ Σα ≤ to, α_i = 0 where `free` does not hold i. */
export function project(alpha: Float64Array, free: ReadonlySet<number>, { from, to }: Lengths): Float64Array {
  const positive = alpha.map((a, i) => (free.has(i) ? Math.max(0, a) : 0));
  const length = positive.reduce((sum, a) => sum + a, 0);
  if (length >= from && length <= to) return positive;
  const target = length > to ? to : from;
  const shift = shiftTo(
    [...free].map((i) => alpha[i] as number),
    target,
  );
  return alpha.map((a, i) => (free.has(i) ? Math.max(0, a - shift) : 0));
}

/** The shift with Σ max(0, a − shift) = target (Held, Wolfe and Crowder 1974). */
function shiftTo(values: readonly number[], target: number): number {
  const sorted = [...values].sort((a, b) => b - a);
  let sum = 0;
  let shift = 0;
  for (const [i, a] of sorted.entries()) {
    sum += a;
    const candidate = (sum - target) / (i + 1);
    if (a > candidate) shift = candidate;
  }
  return shift;
}

/** A local minimum from one start: Barzilai and Borwein's step lengths, halved until the value falls enough. */
export function descend(
  f: Smooth,
  start: Float64Array,
  free: ReadonlySet<number>,
  lengths: Lengths,
): Minimum {
  let alpha = project(start, free, lengths);
  let value = f.value(alpha);
  let gradient = f.gradient(alpha);
  let rate = lengths.to / Math.max(norm(gradient), Number.MIN_VALUE);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const next = stepFrom(f, alpha, value, gradient, rate, free, lengths);
    if (!next) break;
    const fall = value - next.value;
    const newGradient = f.gradient(next.alpha);
    const moved = next.alpha.map((a, i) => a - (alpha[i] as number));
    const curvature = moved.reduce(
      (sum, d, i) => sum + d * ((newGradient[i] as number) - (gradient[i] as number)),
      0,
    );
    rate = curvature > 0 ? norm(moved) ** 2 / curvature : 2 * next.rate;
    ({ alpha, value } = next);
    gradient = newGradient;
    if (fall <= TOLERANCE * Math.abs(value)) break;
  }
  return { alpha, value };
}

function stepFrom(
  f: Smooth,
  alpha: Float64Array,
  value: number,
  gradient: Float64Array,
  first: number,
  free: ReadonlySet<number>,
  lengths: Lengths,
): (Minimum & { readonly rate: number }) | null {
  for (let rate = first, halved = 0; halved < 50; rate /= 2, halved++) {
    const next = project(
      alpha.map((a, i) => a - rate * (gradient[i] as number)),
      free,
      lengths,
    );
    const foreseen = next.reduce(
      (sum, a, i) => sum + (gradient[i] as number) * (a - (alpha[i] as number)),
      0,
    );
    if (foreseen >= 0) return null;
    const reached = f.value(next);
    if (reached <= value + SUFFICIENT * foreseen) return { alpha: next, value: reached, rate };
  }
  return null;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
}
