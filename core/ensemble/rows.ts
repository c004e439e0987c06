/** What the analysis does with losses of models on the common samples. S = samples, D = domains. */
import { samplesShowSpread } from '../selection/curve-error.ts';
import { type Estimated, estimatedFrom, type Variance } from '../selection/estimated.ts';
import { influence, type Losses, objectiveOf } from '../selection/measured.ts';
import { sampleVariance } from '../selection/sample-variance.ts';
import type { DomainWeights, Samples } from '../selection/samples.ts';
import type { EnsembleData } from './data.ts';
import type { Score } from './types.ts';

/** What all scoring needs of the data. */
export type Scale = Pick<EnsembleData, 'samples' | 'weights'>;

/** A row from its NLLs, nats, shape (S). */
export function lossesOf(nll: Float64Array, { start, domainTokens }: Samples): Losses {
  const domains = domainTokens.map((bytes, d) => {
    let sum = 0;
    for (let s = start[d] as number; s < (start[d + 1] as number); s++) sum += nll[s] as number;
    return sum / bytes;
  });
  return { nll, domains };
}

/** The oracle of a pool: its smallest NLL of each sample. Shape (S). */
export function oracleOf(rows: readonly Losses[]): Float64Array {
  const [first, ...rest] = rows;
  const out = Float64Array.from(first?.nll ?? []);
  for (const { nll } of rest) lower(out, nll);
  return out;
}

/** Elementwise minimum, into the first. */
export function lower(current: Float64Array, column: Losses['nll']): void {
  for (let s = 0; s < current.length; s++)
    if ((column[s] as number) < (current[s] as number)) current[s] = column[s] as number;
}

/** Σ factor · row. */
export function combination(rows: readonly Losses[], factors: ArrayLike<number>, samples: Samples): Losses {
  const out = new Float64Array(samples.tokens.length);
  for (const [i, { nll }] of rows.entries()) {
    const factor = factors[i] as number;
    if (factor !== 0)
      for (let s = 0; s < out.length; s++) out[s] = (out[s] as number) + factor * (nll[s] as number);
  }
  return lossesOf(out, samples);
}

/** a − b, sample by sample. */
export function minus(a: Losses, b: Losses, samples: Samples): Losses {
  return combination([a, b], [1, -1], samples);
}

/** Nats per byte of one nat of each sample in the objective, w_d/B_d. Shape (S). */
export function perNat({ samples, weights }: Scale): Float64Array {
  return spread(samples, (d) => (weights[d] as number) / (samples.domainTokens[d] as number));
}

/** The share of each sample in a mean over samples, w_d/n_d. Shape (S). */
export function perSample({ samples, weights }: Scale): Float64Array {
  const { start } = samples;
  return spread(samples, (d) => (weights[d] as number) / ((start[d + 1] as number) - (start[d] as number)));
}

function spread({ start, tokens }: Samples, of: (d: number) => number): Float64Array {
  const out = new Float64Array(tokens.length);
  for (let d = 0; d + 1 < start.length; d++) out.fill(of(d), start[d], start[d + 1]);
  return out;
}

export function bits(nats: number): number {
  return nats / Math.LN2;
}

/** Bits per byte of a row, which may be a difference, with its error from samples where `complete`. */
export function bitsPerByte(row: Losses, scale: Scale, complete: boolean): Estimated {
  const value = objectiveOf(row, scale.weights);
  return estimateInBits(complete ? judged(value, row, scale) : { value, low: null, high: null });
}

export function estimateInBits({ value, low, high }: Estimated): Estimated {
  return {
    value: bits(value),
    low: low === null ? null : bits(low),
    high: high === null ? null : bits(high),
  };
}

/** A number that cannot be below zero, as its construction has it: neither is the end of its interval. */
export function notBelowZero({ value, low, high }: Estimated): Estimated {
  return { value, low: low === null ? null : Math.max(0, low), high };
}

/** Of independent numbers: the ends of both lie as far out as those of their difference. */
export function lessOf(a: Estimated, b: Estimated): Estimated {
  const value = a.value - b.value;
  if (a.low === null || a.high === null || b.low === null || b.high === null)
    return { value, low: null, high: null };
  return {
    value,
    low: value - Math.hypot(a.value - a.low, b.high - b.value),
    high: value + Math.hypot(a.high - a.value, b.value - b.low),
  };
}

function judged(value: number, row: Losses, { samples, weights }: Scale): Estimated {
  return estimatedFrom(value, [errorOf(row, samples, weights)]);
}

/** Null where a domain has a single sample, which tells nothing of its error. Nats per byte, squared. */
export function errorOf(row: Losses, samples: Samples, weights: DomainWeights): Variance | null {
  if (!samplesShowSpread(samples, weights)) return null;
  return sampleVariance([influence(row, samples, weights)], samples);
}

/** a/b of two objectives, with the error of a ratio (delta method). Null where b is not above zero. */
export function ratioOf(a: Losses, b: Losses, scale: Scale, complete: boolean): Estimated | null {
  const [top, bottom] = [objectiveOf(a, scale.weights), objectiveOf(b, scale.weights)];
  if (!(bottom > 0)) return null;
  const value = top / bottom;
  if (!complete) return { value, low: null, high: null };
  const row = combination([a, b], [1 / bottom, -value / bottom], scale.samples);
  return judged(value, row, scale);
}

/** Both units of a row. */
export function scoreOf(row: Losses, scale: Scale, complete: boolean): Score {
  const shares = perSample(scale);
  const nats = shares.reduce((sum, share, s) => sum + share * (row.nll[s] as number), 0);
  return { bits_per_byte: bitsPerByte(row, scale, complete), nats };
}
