/** Floor and tail through three points, arXiv 2509.24244 eq. 1 at one size solved exactly. */
export interface ThreePoint {
  readonly Linf: number;
  readonly A: number;
  readonly b: number;
}

/**
 * The floor-and-tail law through (k1, y1), (k2, y2), (k3, y3), k1 < k2 < k3. For k = 1, 2, 4 this is
 * r = (y1 − y2)/(y2 − y4), b = (4 − 2r)/(2r − 1). Null unless the losses fall and are convex enough to have a floor.
 * It leaves no residual degree of freedom: nothing is left to judge it by.
 */
export function threePoint(
  k: readonly [number, number, number],
  y: readonly [number, number, number],
): ThreePoint | null {
  const [k1, k2, k3] = k;
  const [y1, y2, y3] = y;
  if (!(y1 > y2 && y2 > y3)) return null;
  const r = (y1 - y2) / (y2 - y3);
  const straight = (k2 - k1) / (k3 - k2);
  if (!(r > straight)) return null;
  const b = ((k2 - k1) * k3 - r * (k3 - k2) * k1) / (r * (k3 - k2) - (k2 - k1));
  const A = ((y1 - y2) * (k1 + b) * (k2 + b)) / (k2 - k1);
  const Linf = y1 - A / (k1 + b);
  return Number.isFinite(b) && Number.isFinite(A) && Number.isFinite(Linf) && b > -k1 ? { Linf, A, b } : null;
}
