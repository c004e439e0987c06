/** The lowest point of a curve that is known at some places, by the parabola through the lowest and its neighbours. */

/** Three neighbours among the places, and where between them the parabola is lowest. */
export interface Lowest {
  readonly at: number;
  /** Index of the leftmost of the three. */
  readonly first: number;
  /** Lies on the first or last place: the curve may go on falling beyond it. */
  readonly onEdge: boolean;
}

export type Triple = readonly [number, number, number];

/**
 * @param x three places or more, ascending
 * @param y the curve at each; equal everywhere, the first place is taken
 */
export function lowestOf(x: readonly number[], y: ArrayLike<number>): Lowest {
  let lowest = 0;
  for (let i = 1; i < x.length; i++) if ((y[i] as number) < (y[lowest] as number)) lowest = i;
  const first = Math.min(Math.max(lowest - 1, 0), x.length - 3);
  const three = tripleAt(x, first);
  const { value } = vertex(three, tripleAt(y, first));
  // Where it does not open upwards, the place itself is lowest.
  const at = value === null ? (x[lowest] as number) : Math.min(Math.max(value, three[0]), three[2]);
  return { at, first, onEdge: at === x[0] || at === x.at(-1) };
}

/** What each of three values counts in the parabola's value at `at` (Lagrange); they sum to 1. */
export function weightsAt([a, b, c]: Triple, at: number): Triple {
  return [
    ((at - b) * (at - c)) / ((a - b) * (a - c)),
    ((at - a) * (at - c)) / ((b - a) * (b - c)),
    ((at - a) * (at - b)) / ((c - a) * (c - b)),
  ];
}

/** Where the parabola through three points is lowest, and how that moves with each value; null unless it opens upwards. */
export function vertex(
  [a, b, c]: Triple,
  [ya, yb, yc]: Triple,
): { readonly value: number | null; readonly slopes: Triple } {
  const n: Triple = [b * b - c * c, c * c - a * a, a * a - b * b];
  const d: Triple = [b - c, c - a, a - b];
  const numerator = n[0] * ya + n[1] * yb + n[2] * yc;
  const denominator = d[0] * ya + d[1] * yb + d[2] * yc;
  if (!(denominator < 0)) return { value: null, slopes: [0, 0, 0] };
  const slope = (i: 0 | 1 | 2) => (n[i] * denominator - numerator * d[i]) / (2 * denominator ** 2);
  return { value: numerator / (2 * denominator), slopes: [slope(0), slope(1), slope(2)] };
}

export function tripleAt(values: ArrayLike<number>, first: number): Triple {
  return [values[first] as number, values[first + 1] as number, values[first + 2] as number];
}
