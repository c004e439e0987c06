import { basisSize, cubeAt, linearAt, productAt } from '../surrogate/basis.ts';

/** A basis function at step·1_S: step^degree where all its experts are members, else 0. */
interface Term {
  readonly experts: readonly number[];
  readonly degree: number;
}

/**
 * Mean of x·xᵀ over all subsets, each size counting alike, shape (p, p): E[x_a x_b] = step^(degrees)·P(all experts of
 * both are members), and r given experts are members with probability k(k−1)…(k−r+1) / (M(M−1)…(M−r+1)).
 */
export function momentsOf(
  pool: number,
  ks: readonly number[],
  step: (k: number) => number,
  varying: boolean,
): Float64Array {
  const terms = termsOf(pool, varying);
  const p = terms.length;
  const means = meansBy(pool, ks, step);
  const moments = new Float64Array(p * p);
  for (const [a, first] of terms.entries()) {
    for (const [b, second] of terms.entries()) {
      if (b > a) break;
      const more = second.experts.filter((expert) => !first.experts.includes(expert)).length;
      const mean = means(first.experts.length + more, first.degree + second.degree);
      moments[a * p + b] = mean;
      moments[b * p + a] = mean;
    }
  }
  return moments;
}

function termsOf(pool: number, varying: boolean): Term[] {
  const terms = new Array<Term>(basisSize(pool, varying));
  for (let i = 0; i < pool; i++) {
    for (let j = i; j < pool; j++)
      terms[productAt(pool, i, j)] = { experts: i === j ? [i] : [i, j], degree: 2 };
    terms[cubeAt(pool, i)] = { experts: [i], degree: 3 };
    if (varying) terms[linearAt(pool, i)] = { experts: [i], degree: 1 };
  }
  return terms;
}

/** Mean over sizes of step^degree·P(r given experts are members). */
function meansBy(pool: number, ks: readonly number[], step: (k: number) => number) {
  const known = new Map<number, number>();
  return (r: number, degree: number): number => {
    const at = r * 10 + degree;
    const cached = known.get(at);
    if (cached !== undefined) return cached;
    let sum = 0;
    for (const k of ks) {
      let chance = step(k) ** degree;
      for (let i = 0; i < r; i++) chance *= Math.max(0, k - i) / (pool - i);
      sum += chance;
    }
    const mean = sum / ks.length;
    known.set(at, mean);
    return mean;
  };
}
