import { type DomainWeights, type Samples, weightedMean } from './samples.ts';

/** A model's losses: a subset merged (seeds of a random method averaged), or an unmerged model. */
export interface Losses {
  /** Shape (S): NLL of each sample, nats. */
  readonly nll: Float32Array | Float64Array;
  /** Shape (D): nats per token. */
  readonly domains: Float64Array;
}

/** A subset that has been merged and scored on every domain. */
export interface Measured extends Losses {
  /** Indices into the pool, ascending. */
  readonly members: readonly number[];
  /** How often the design drew it; 0 where it is not design. */
  readonly draws: number;
}

/** A weighted sum of several, such as a mean: rows as for one model, which it is to everything that follows. */
export function meanLosses(rows: readonly Losses[], weights: readonly number[], samples: Samples): Losses {
  const nll = new Float64Array(samples.tokens.length);
  const domains = new Float64Array(samples.domains.length);
  const counted = Array.from(rows.keys()).filter((i) => weights[i] !== 0);
  const whole = counted.length - (counted.length % 4);
  // Four rows in one pass over the sums.
  for (let i = 0; i < whole; i += 4) {
    const [a, b, c, e] = [nllOf(i), nllOf(i + 1), nllOf(i + 2), nllOf(i + 3)];
    const [wa, wb, wc, we] = [weightOf(i), weightOf(i + 1), weightOf(i + 2), weightOf(i + 3)];
    for (let s = 0; s < nll.length; s++)
      nll[s] =
        (nll[s] as number) +
        wa * (a[s] as number) +
        wb * (b[s] as number) +
        wc * (c[s] as number) +
        we * (e[s] as number);
  }
  for (let i = whole; i < counted.length; i++) {
    const [row, weight] = [nllOf(i), weightOf(i)];
    for (let s = 0; s < nll.length; s++) nll[s] = (nll[s] as number) + weight * (row[s] as number);
  }
  for (const i of counted) {
    const own = (rows[i] as Losses).domains;
    const weight = weights[i] as number;
    for (let d = 0; d < domains.length; d++)
      domains[d] = (domains[d] as number) + weight * (own[d] as number);
  }
  return { nll, domains };

  function nllOf(i: number): Losses['nll'] {
    return (rows[counted[i] as number] as Losses).nll;
  }

  function weightOf(i: number): number {
    return weights[counted[i] as number] as number;
  }
}

/**
 * What each sample contributes to the error of Σ_d w_d L_d, L_d = Σ nll / Σ tokens: the ratio's linearisation
 * (delta method), scaled by √(n/(n−1)) in each domain. The variance of the weighted mean is its sum of squares; the
 * covariance of two models scored on the same samples is the dot product. Shape (S), nats per token.
 */
export function influence(row: Losses, samples: Samples, weights: DomainWeights): Float64Array {
  const values = new Float64Array(samples.tokens.length);
  for (let d = 0; d < weights.length; d++) {
    const scale = influenceScale(samples, weights, d);
    if (scale === 0) continue;
    const loss = row.domains[d] as number;
    const to = samples.start[d + 1] as number;
    for (let s = samples.start[d] as number; s < to; s++) {
      values[s] = scale * ((row.nll[s] as number) - loss * (samples.tokens[s] as number));
    }
  }
  return values;
}

/** w_d/T_d·√(n/(n−1)) */
export function influenceScale(samples: Samples, weights: DomainWeights, d: number): number {
  const n = (samples.start[d + 1] as number) - (samples.start[d] as number);
  const ratio = (weights[d] as number) / (samples.domainTokens[d] as number);
  return n > 1 ? ratio * Math.sqrt(n / (n - 1)) : ratio;
}

export function dot(a: Float64Array, b: Float64Array, from = 0, to = a.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Variance of the difference of two models scored on the same samples, from their influences. */
export function differenceVariance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
}

/** The same of a model and another's influence, without making the model's own: for loops over many models. */
export function varianceAround(
  centre: Float64Array,
  row: Losses,
  samples: Samples,
  weights: DomainWeights,
): number {
  let sum = 0;
  for (let d = 0; d < weights.length; d++) {
    const scale = influenceScale(samples, weights, d);
    if (scale === 0) continue;
    const loss = row.domains[d] as number;
    const to = samples.start[d + 1] as number;
    for (let s = samples.start[d] as number; s < to; s++) {
      const own = scale * ((row.nll[s] as number) - loss * (samples.tokens[s] as number));
      sum += (own - (centre[s] as number)) ** 2;
    }
  }
  return sum;
}

export function objectiveOf(row: Losses, weights: DomainWeights): number {
  return weightedMean(row.domains, weights);
}
