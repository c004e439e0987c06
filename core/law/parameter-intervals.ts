import type { Interval } from './curve.ts';
import type { Estimate } from './estimate.ts';
import type { Judge } from './interval.ts';
import type { Jackknife } from './jackknife.ts';
import { parametersOf } from './least-squares.ts';
import { parameterQuantity } from './quantity.ts';

/** 95% intervals of the reported parameters, and by which method; null where nothing is left to estimate them from. */
export function parameterIntervals(
  estimate: Estimate,
  judge: Judge,
  knife: Jackknife | null,
): { intervals: Record<string, Interval>; method: string } | null {
  const intervals: Record<string, Interval> = {};
  for (const [name, value] of Object.entries(parametersOf(estimate.fit))) {
    const judged = judge.judge(parameterQuantity(estimate.fit.model, name));
    if (!judged) return null;
    intervals[name] = knife ? knife.parameterInterval(name, value, judged) : judged.interval;
  }
  const method = knife ? 'jackknife over experts (approximate)' : `profile likelihood (${sources(estimate)})`;
  return { intervals, method };
}

/** What the widths come from. */
function sources({ errorsKnown, misfit }: Estimate): string {
  if (!errorsKnown) return 'residuals';
  return misfit > 0 ? 'errors of the losses and misfit' : 'errors of the losses';
}
