/**
 * Brent's minimiser without derivatives (Algorithms for Minimization without Derivatives, 1973, chapter 5).
 * Finds a local minimum of `f` in [low, high] to `tolerance` in x, starting from the best known `start`.
 */
export function minimise(
  f: (x: number) => number,
  low: number,
  high: number,
  start: number,
  tolerance: number,
): { x: number; value: number } {
  const golden = (3 - Math.sqrt(5)) / 2;
  let a = low;
  let b = high;
  let x = Math.min(Math.max(start, low), high);
  let w = x;
  let v = x;
  let fx = f(x);
  let fw = fx;
  let fv = fx;
  let step = 0;
  let previous = 0;
  for (let i = 0; i < 100; i++) {
    const middle = (a + b) / 2;
    const tol = tolerance + 1e-12 * Math.abs(x);
    if (Math.abs(x - middle) <= 2 * tol - (b - a) / 2) break;
    let parabolic = false;
    if (Math.abs(previous) > tol) {
      const r = (x - w) * (fx - fv);
      let q = (x - v) * (fx - fw);
      let p = (x - v) * q - (x - w) * r;
      q = 2 * (q - r);
      if (q > 0) p = -p;
      else q = -q;
      if (Math.abs(p) < Math.abs(0.5 * q * previous) && p > q * (a - x) && p < q * (b - x)) {
        previous = step;
        step = p / q;
        const u = x + step;
        if (u - a < 2 * tol || b - u < 2 * tol) step = x < middle ? tol : -tol;
        parabolic = true;
      }
    }
    if (!parabolic) {
      previous = x < middle ? b - x : a - x;
      step = golden * previous;
    }
    const u = x + (Math.abs(step) >= tol ? step : step > 0 ? tol : -tol);
    const fu = f(u);
    if (fu <= fx) {
      if (u < x) b = x;
      else a = x;
      v = w;
      fv = fw;
      w = x;
      fw = fx;
      x = u;
      fx = fu;
    } else {
      if (u < x) a = u;
      else b = u;
      if (fu <= fw || w === x) {
        v = w;
        fv = fw;
        w = u;
        fw = fu;
      } else if (fu <= fv || v === x || v === w) {
        v = u;
        fv = fu;
      }
    }
  }
  return { x, value: fx };
}
