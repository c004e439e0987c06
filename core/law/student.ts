/** Student's t and Fisher's F, for what is judged by a variance that is itself estimated. */

// Lanczos, g = 7, n = 9: 15 digits.
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Natural logarithm of the gamma function, x > 0. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  let sum = LANCZOS[0] ?? 0;
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] ?? 0) / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised incomplete beta function I_x(a, b), by Lentz's continued fraction. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let fraction = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || tiny);
    c = 1 + even / c || tiny;
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || tiny);
    c = 1 + odd / c || tiny;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-14) break;
  }
  return (front * fraction) / a;
}

/** Probability that |t| exceeds `t` ≥ 0, with `df` > 0 degrees of freedom (need not be whole). */
export function studentTail(t: number, df: number): number {
  return incompleteBeta(df / (df + t * t), df / 2, 0.5);
}

/** The normal 97.5% point: 95% of a normal variable lies within ± this. */
export const Z95 = 1.959963984540054;

/** Beyond this many degrees of freedom, t and F are their limits to five digits. */
const MANY = 1e5;

/** The t that |t| of a Student variable with `df` degrees of freedom exceeds with probability `outside`; `df` may be Infinity. */
export function studentPoint(df: number, outside: number): number {
  if (!(df > 0)) return Number.POSITIVE_INFINITY;
  const freedom = Math.min(df, MANY);
  let low = 0;
  let high = 4;
  while (studentTail(high, freedom) > outside && high < 1e12) high *= 2;
  for (let i = 0; i < 80 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, freedom) > outside) low = middle;
    else high = middle;
  }
  return high;
}

const known = new Map<number, number>();

/** The t that 95% of a Student variable with `df` degrees of freedom lies within; `df` may be Infinity. */
export function student95(df: number): number {
  if (df > MANY) return Z95;
  const cached = known.get(df);
  if (cached !== undefined) return cached;
  const point = studentPoint(df, 0.05);
  if (known.size > 10_000) known.clear();
  known.set(df, point);
  return point;
}

/** Probability that a variable of Fisher's F with `d1` and `d2` degrees of freedom exceeds `f`; `d2` may be Infinity. */
export function fisherTail(f: number, d1: number, d2: number): number {
  const d = Math.min(d2, MANY);
  return incompleteBeta(d / (d + d1 * f), d / 2, d1 / 2);
}
