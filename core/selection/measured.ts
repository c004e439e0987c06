import { Scratch } from '../law/scratch.ts';
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

/** Four rows that are summed in one pass over the sums, as numbers of one kind whatever kind theirs are. */
const lanes = [new Scratch(), new Scratch(), new Scratch(), new Scratch()] as const;

/** A weighted sum of several, such as a mean: rows as for one model, which it is to everything that follows. */
export function meanLosses(rows: readonly Losses[], weights: readonly number[], samples: Samples): Losses {
  const S = samples.tokens.length;
  const nll = new Float64Array(S);
  const domains = new Float64Array(samples.domains.length);
  const [a, b, c, e] = [lanes[0].of(S), lanes[1].of(S), lanes[2].of(S), lanes[3].of(S)];
  const together = [a, b, c, e];
  const shares = [0, 0, 0, 0];
  let waiting = 0;
  for (let i = 0; i < rows.length; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    const own = rows[i] as Losses;
    (together[waiting] as Float64Array).set(own.nll);
    shares[waiting++] = weight;
    addTo(domains, own.domains, weight);
    if (waiting < lanes.length) continue;
    addFour(nll, a, b, c, e, shares);
    waiting = 0;
  }
  for (let lane = 0; lane < waiting; lane++)
    addTo(nll, together[lane] as Float64Array, shares[lane] as number);
  return { nll, domains };
}

function addTo(sums: Float64Array, values: Float64Array, weight: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + weight * (values[i] as number);
}

function addFour(
  sums: Float64Array,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  e: Float64Array,
  [wa = 0, wb = 0, wc = 0, we = 0]: readonly number[],
): void {
  for (let s = 0; s < sums.length; s++)
    sums[s] =
      (sums[s] as number) +
      wa * (a[s] as number) +
      wb * (b[s] as number) +
      wc * (c[s] as number) +
      we * (e[s] as number);
}

/** Σ_d w_d L_d of each, shape (rows). Domains that do not count are not looked at. */
export function objectivesOf(rows: readonly Losses[], weights: DomainWeights): Float64Array {
  const objectives = new Float64Array(rows.length);
  for (let d = 0; d < weights.length; d++) {
    const weight = weights[d] as number;
    if (!(weight > 0)) continue;
    for (let i = 0; i < objectives.length; i++) {
      const loss = (rows[i] as Losses).domains[d] as number;
      objectives[i] = (objectives[i] as number) + weight * loss;
    }
  }
  return objectives;
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
