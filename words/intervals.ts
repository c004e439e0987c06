import type { Report } from '../core/report/report.ts';

/** What the intervals of a report are about. */
export function intervalsText({ stage, interval }: Pick<Report, 'stage' | 'interval'>): string {
  if (stage === 'points') return 'Intervals are still being computed.';
  return interval === 'pool'
    ? 'Intervals are 95%, for this pool of experts: uncertainty from the evaluation samples and from subsets not merged. Losses are nats per scored token.'
    : 'Intervals of typical losses and of the law are 95% and approximate, for experts like these: a jackknife over the pool; the merge of the whole pool has none. Those of chosen subsets, of effects and of differences are for this pool alone. Losses are nats per scored token.';
}
