import { hull, type Interval } from './curve.ts';
import type { Estimate } from './estimate.ts';
import type { Candidate } from './form-choice.ts';
import type { Jackknife } from './jackknife.ts';
import { parametersOf, predict } from './least-squares.ts';
import { depthQuantity, parameterQuantity } from './quantity.ts';
import type { UsablePoints } from './usable-points.ts';

/**
 * 95% intervals of the reported parameters, and by which method; null where nothing is left to estimate them from.
 * `rivals`: the form used first, then those that the data cannot set apart from it. What they mean alike (the floor; b
 * and A of `paper` and `signed`) has an interval that holds those of all of them: a form picked by the data would else
 * be taken for known.
 */
export function parameterIntervals(
  rivals: readonly Candidate[],
  knife: Jackknife | null,
): { intervals: Record<string, Interval>; method: string } | null {
  const [used, ...others] = rivals;
  if (!used) return null;
  const intervals: Record<string, Interval> = {};
  const judge = used.judge();
  const judges = others.map((rival) => ({ rival, judge: rival.judge() }));
  let several = false;
  for (const [name, value] of Object.entries(parametersOf(used.estimate.fit))) {
    const judged = judge.judge(parameterQuantity(used.estimate.fit.model, name));
    if (!judged) return null;
    let interval = knife ? knife.parameterInterval(name, value, judged) : judged.interval;
    for (const { rival, judge: other } of judges) {
      if (!meansAlike(name, used, rival)) continue;
      const theirs = other.judge(parameterQuantity(rival.estimate.fit.model, name));
      if (!theirs) continue;
      const shift = (parametersOf(rival.estimate.fit)[name] ?? value) - value;
      interval = hull(interval, knife ? moved(interval, shift) : theirs.interval);
      several = true;
    }
    // A and p are not negative in any form that bounds them; a jackknife's symmetric interval does not know.
    const [low, high] = interval;
    const bounded = name === 'p' || (name === 'A' && used.form !== 'quadratic');
    intervals[name] = bounded && low !== null ? [Math.max(0, low), high] : interval;
  }
  const how = knife ? 'jackknife over experts, approximate' : `profile likelihood, ${sources(used.estimate)}`;
  return { intervals, method: several ? `${how}; over ${rivals.length} forms that do as well` : how };
}

function meansAlike(name: string, used: Candidate, rival: Candidate): boolean {
  if (used.form === 'flat' || rival.form === 'flat') return false;
  const offsets = [used.form, rival.form].every((form) => form === 'paper' || form === 'signed');
  return name === 'Linf' || (offsets && (name === 'A' || name === 'b'));
}

function moved([low, high]: Interval, by: number): Interval {
  return [low === null ? null : low + by, high === null ? null : high + by];
}

/**
 * How far the floor may lie below the law's value at the largest k, and how far it does, nats, in the worst of the
 * rivals. Errors that all k share cancel in it. `most` is null without a limit; the whole null where none can be judged.
 */
export function depthOfFloor(
  rivals: readonly Candidate[],
  points: UsablePoints,
): { readonly depth: number; readonly most: number | null } | null {
  const last = points.k[points.k.length - 1] ?? 1;
  let worst: { depth: number; most: number | null } | null = null;
  for (const { form, estimate, judge } of rivals) {
    if (form === 'flat') continue;
    const judged = judge().high(depthQuantity(estimate.fit.model, last));
    if (!judged) continue;
    const depth = predict(estimate.fit, last) - (parametersOf(estimate.fit)['Linf'] ?? 0);
    const most = judged.end;
    if (most === null) return { depth, most };
    if (worst?.most === undefined || worst.most === null || most - depth > worst.most - worst.depth)
      worst = { depth, most };
  }
  return worst;
}

/** What the widths come from. */
function sources({ errorsKnown, misfit }: Estimate): string {
  if (!errorsKnown) return 'residuals';
  return misfit > 0 ? 'errors of the losses and misfit' : 'errors of the losses';
}
