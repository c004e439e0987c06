/**
 * The evaluation samples of all domains side by side. S = samples (or blocks of them), D = domains; domain d holds
 * start[d] to start[d + 1]. Every merge is scored on the same samples, so all comparisons are paired.
 */
export interface Samples {
  readonly domains: readonly string[];
  /** Shape (D + 1). */
  readonly start: readonly number[];
  /** Shape (S): scored tokens. */
  readonly tokens: Float64Array;
  /** Shape (D): scored tokens. */
  readonly domainTokens: Float64Array;
  /** Shape (D): degrees of freedom behind a variance over the samples of one domain; 0 of a single sample. */
  readonly freedom: Float64Array;
}

/** Shape (D), sums to 1: what each domain counts in a mean of domain losses. */
export type DomainWeights = Float64Array;

export function samplesOf(
  domains: readonly { readonly name: string; readonly tokens: Float64Array }[],
): Samples {
  const start = [0];
  for (const { tokens } of domains) start.push((start.at(-1) as number) + tokens.length);
  const all = new Float64Array(start.at(-1) as number);
  for (const [d, { tokens }] of domains.entries()) all.set(tokens, start[d] as number);
  return {
    domains: domains.map(({ name }) => name),
    start,
    tokens: all,
    domainTokens: Float64Array.from(domains, ({ tokens }) => tokens.reduce((sum, t) => sum + t, 0)),
    freedom: Float64Array.from(domains, ({ tokens }) => domainFreedom(tokens)),
  };
}

/**
 * Errors of samples grow with their tokens t: they tell as much of their variance as (Σt²)²/Σt⁴ samples of one length do
 * (Satterthwaite). Small p-values need it: n − 1 makes them too small. Not below that of two samples, where one outweighs all.
 */
function domainFreedom(tokens: Float64Array): number {
  let squares = 0;
  let fourth = 0;
  for (const t of tokens) {
    squares += t ** 2;
    fourth += t ** 4;
  }
  return tokens.length > 1 && fourth > 0 ? Math.max(1, squares ** 2 / fourth - 1) : 0;
}

/** One weight a domain in the given order, scaled to sum to 1; equal ones where all are zero. */
export function normalised(weights: readonly number[]): DomainWeights {
  // By the largest first: neither their sum nor a share may leave the range of numbers.
  const largest = Math.max(...weights);
  const total = weights.reduce((sum, w) => sum + w / largest, 0);
  return Float64Array.from(weights, (w) => (largest > 0 ? w / largest / total : 1 / weights.length));
}

/** All weight on domain d of D. */
export function only(d: number, count: number): DomainWeights {
  const weights = new Float64Array(count);
  weights[d] = 1;
  return weights;
}

/** Σ w_d L_d. */
export function weightedMean(domainLosses: Float64Array, weights: DomainWeights): number {
  let sum = 0;
  for (let d = 0; d < weights.length; d++) {
    const weight = weights[d] as number;
    if (weight > 0) sum += weight * (domainLosses[d] as number);
  }
  return sum;
}
