import type { Losses } from '../selection/measured.ts';

/**
 * The uniform Bayes mixture over whole samples, −log mean_m exp(−NLL_m): a loss that can be had without knowing which
 * model to ask. Per sample it lies between the oracle and the oracle + ln K. Shape (S), nats.
 */
export function mixtureOf(rows: readonly Losses[]): Float64Array {
  const S = rows[0]?.nll.length ?? 0;
  const least = new Float64Array(S).fill(Number.POSITIVE_INFINITY);
  for (const { nll } of rows)
    for (let s = 0; s < S; s++) least[s] = Math.min(least[s] as number, nll[s] as number);
  const likelihood = new Float64Array(S);
  for (const { nll } of rows)
    for (let s = 0; s < S; s++)
      likelihood[s] = (likelihood[s] as number) + Math.exp((least[s] as number) - (nll[s] as number));
  return least.map((value, s) => value - Math.log((likelihood[s] as number) / rows.length));
}
