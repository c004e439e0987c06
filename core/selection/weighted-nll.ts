import { summedVariance, type Variance } from './estimated.ts';
import { dot, influenceScale, type Losses } from './measured.ts';
import { type DomainWeights, only, type Samples } from './samples.ts';

/** Weighted sums of measured losses, made together: all are of the same merges. */
export interface WeightedLosses {
  /** Of the rows. Shape (n). */
  readonly indices: Int32Array;
  /** Each of shape (n). */
  readonly coefficients: readonly Float64Array[];
}

/**
 * Σ_i c_i·nll_i over the samples of domain e, for each set of coefficients: the rows of a merge that never was, whose
 * error follows as a single model's does. Four merges at a time, so that sums stay in cache. Shape (F, n_e).
 */
export function weightedNll(
  rows: readonly Losses[],
  { indices, coefficients }: WeightedLosses,
  samples: Samples,
  e: number,
): Float64Array[] {
  const from = samples.start[e] as number;
  const length = (samples.start[e + 1] as number) - from;
  const sums = coefficients.map(() => new Float64Array(length));
  const whole = indices.length - (indices.length % 4);
  for (let i = 0; i < whole; i += 4) {
    const [a, b, c, d] = [nllOf(i), nllOf(i + 1), nllOf(i + 2), nllOf(i + 3)];
    for (const [f, own] of coefficients.entries()) {
      const sum = sums[f] as Float64Array;
      const [wa, wb, wc, wd] = [own[i], own[i + 1], own[i + 2], own[i + 3]] as [
        number,
        number,
        number,
        number,
      ];
      if (wa === 0 && wb === 0 && wc === 0 && wd === 0) continue;
      for (let s = 0; s < length; s++) {
        const at = from + s;
        sum[s] =
          (sum[s] as number) +
          wa * (a[at] as number) +
          wb * (b[at] as number) +
          wc * (c[at] as number) +
          wd * (d[at] as number);
      }
    }
  }
  for (let i = whole; i < indices.length; i++) {
    const row = nllOf(i);
    for (const [f, own] of coefficients.entries()) {
      const sum = sums[f] as Float64Array;
      for (let s = 0; s < length; s++)
        sum[s] = (sum[s] as number) + (own[i] as number) * (row[from + s] as number);
    }
  }
  return sums;

  function nllOf(i: number): Losses['nll'] {
    return (rows[indices[i] as number] as Losses).nll;
  }
}

/** The influence (see `influence`) of a loss on domain e alone, on its own samples. Shape (n_e), nats per token. */
export function domainInfluence(nll: Float64Array, loss: number, samples: Samples, e: number): Float64Array {
  const from = samples.start[e] as number;
  const scale = influenceScale(samples, only(e, samples.domains.length), e);
  return nll.map((value, s) => scale * (value - loss * (samples.tokens[from + s] as number)));
}

/**
 * Variance over evaluation samples of each weighted sum of the losses Σ_d w_d L_d; null where a domain of one sample
 * hides it. Shape (F).
 */
export function sampleVariances(
  rows: readonly Losses[],
  weighted: WeightedLosses,
  samples: Samples,
  weights: DomainWeights,
): (Variance | null)[] {
  const parts = weighted.coefficients.map((): Variance[] => []);
  for (const [e, weight] of weights.entries()) {
    if (weight === 0) continue;
    const freedom = samples.freedom[e] as number;
    for (const [f, nll] of weightedNll(rows, weighted, samples, e).entries()) {
      const own = weighted.coefficients[f] as Float64Array;
      let loss = 0;
      for (let i = 0; i < own.length; i++)
        loss += (own[i] as number) * ((rows[weighted.indices[i] as number] as Losses).domains[e] as number);
      const influence = domainInfluence(nll, loss, samples, e);
      parts[f]?.push({ variance: weight ** 2 * dot(influence, influence), freedom });
    }
  }
  return parts.map(summedVariance);
}
