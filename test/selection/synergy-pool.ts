import { normalised } from '../../core/selection/samples.ts';
import type { SynergyInput } from '../../core/selection/synergy-input.ts';
import { measure, samplesFor, scattered, type Truth } from './pool.ts';

/** A pool whose experts have a domain each, as far as there are domains. */
export function input(
  subsets: readonly (readonly number[])[],
  pool: number,
  truth: Truth,
  options: Partial<SynergyInput> & { noise?: number; seed?: number; domains?: number; n?: number } = {},
): SynergyInput {
  const domains = options.domains ?? pool;
  const samples = samplesFor(domains, options.n ?? 4);
  return {
    measured: measure(subsets, samples, truth, options.noise ?? 0, scattered(options.seed ?? 1)),
    pool,
    samples,
    weights: normalised(new Array(domains).fill(1)),
    own: Array.from({ length: domains }, (_, e) => (e < pool ? e : null)),
    permutations: options.permutations ?? null,
    stage: options.stage ?? 'complete',
  };
}
