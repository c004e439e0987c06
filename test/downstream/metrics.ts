import type { Fingerprint, MergeKey } from '../../core/store/format.ts';
import type { StoredMetric, TaskKey, TaskScore } from '../../core/store/task-scores.ts';

/** The share of items that are right. */
export function accuracy(hits: readonly number[], change: Partial<StoredMetric> = {}): StoredMetric {
  return {
    name: 'acc',
    value: hits.reduce((sum, hit) => sum + hit, 0) / hits.length,
    stderr: null,
    higher_is_better: true,
    form: 'mean',
    numerators: Float32Array.from(hits),
    weights: new Float32Array(hits.length).fill(1),
    ...change,
  };
}

/** exp(−Σ log p / n) */
export function perplexity(logLikelihoods: readonly number[]): StoredMetric {
  const mean = logLikelihoods.reduce((sum, value) => sum + value, 0) / logLikelihoods.length;
  const change = { name: 'perplexity', value: Math.exp(-mean), form: 'perplexity' } as const;
  return accuracy(logLikelihoods, { ...change, higher_is_better: false });
}

export function taskScore(
  key: MergeKey | Fingerprint | string,
  task: TaskKey,
  metrics: readonly StoredMetric[],
  change: Partial<TaskScore> = {},
): TaskScore {
  return {
    key: key as MergeKey,
    task,
    name: 'endings',
    harness: '0.4.13',
    requests: 'a'.repeat(64),
    items: metrics[0]?.numerators?.length ?? 0,
    metrics,
    code: null,
    message: null,
    ...change,
  };
}
