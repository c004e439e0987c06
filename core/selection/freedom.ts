/** Degrees of freedom of a sum of independent variances, by Welch and Satterthwaite; Infinity when all are zero. */
export function pooledFreedom(
  parts: readonly { readonly variance: number; readonly freedom: number }[],
): number {
  let total = 0;
  let spread = 0;
  for (const { variance, freedom } of parts) {
    if (variance <= 0) continue;
    total += variance;
    spread += variance ** 2 / Math.max(freedom, 1e-9);
  }
  return spread > 0 ? total ** 2 / spread : Number.POSITIVE_INFINITY;
}
