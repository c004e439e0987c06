import { throwIfCancelled } from './cancelled.ts';
import type { LawCurve, RecommendedK } from './curve.ts';
import { drawCurves } from './draws.ts';
import { forecasts } from './forecast.ts';
import { type Choice, chooseForm, formFit, rivalsOf } from './form-choice.ts';
import { marginalGains } from './gains.ts';
import type { CurveData, FitOptions } from './input.ts';
import { type Jackknife, jackknife } from './jackknife.ts';
import { parametersOf, predict } from './least-squares.ts';
import { parameterIntervals } from './parameter-intervals.ts';
import { kAtReturn, recommendedK, type TypicalCurve } from './rules.ts';
import { threePoint } from './three-point.ts';
import { typicalCurve } from './typical-curve.ts';
import { isComplete, lossesOverPool, type UsablePoints, usablePoints } from './usable-points.ts';
import { warningsOf } from './warnings.ts';
import { at } from './whitening.ts';

/** Always reported, beside those asked for. */
const RETURNS = [0.8, 0.85, 0.9];

/**
 * Fits the merging scaling law at one size (arXiv 2509.24244 eq. 1 and its rivals) and everything that follows from
 * it. Losses in nats per token. Any numbers are accepted: what cannot be known is null, with its reason in `reasons`.
 * Throws `Cancelled` only.
 */
export function fitCurve(data: CurveData, options: FitOptions): LawCurve {
  const points = usablePoints(data, options.stage === 'complete');
  const choice = chooseForm(points, options.form);
  throwIfCancelled(options.cancelled);
  // As many parameters as points: no residual is left to judge the fit by.
  const judgedBy = choice.name === 'three_point' ? null : (choice.used?.goodness ?? null);
  const finished = options.stage === 'complete';
  const estimate = choice.used?.estimate ?? null;
  const knife =
    finished && options.interval === 'population'
      ? jackknife(choice, points, data, options.leaveOneOut)
      : null;
  // An interval about the population with only this pool's errors in it would be none.
  const complete = finished && (options.interval === 'pool' || knife !== null);
  const judge = complete ? (choice.used?.judge() ?? null) : null;
  const judged: FitOptions = { ...options, stage: complete ? 'complete' : 'points' };
  const typical = typicalCurve(points, choice, data.chosenBeatsBase);
  const reasons: Record<string, string> = {};

  const parameters = estimate ? parametersOf(estimate.fit) : null;
  if (!parameters) reasons['parameters'] = noForm(points, options);
  const intervals = complete ? parameterIntervals(rivalsOf(choice, points, options.form), knife) : null;
  if (!intervals) reasons['intervals'] = noIntervals(points, estimate !== null, options, knife);
  throwIfCancelled(options.cancelled);

  const recommended = recommend(points, choice, typical, judged, knife, reasons);
  throwIfCancelled(options.cancelled);

  return {
    domain: data.domain,
    N: data.N,
    form: choice.name,
    pool: points.pool,
    parameters,
    intervals: intervals?.intervals ?? null,
    interval_method: intervals?.method ?? null,
    r2: judgedBy?.r2 ?? null,
    rmse: judgedBy?.rmse ?? null,
    forms: choice.candidates.map(formFit),
    three_point: threePoints(points, reasons),
    recommended_k: recommended,
    k_epsilon: kEpsilon(points, choice, options),
    k_return: kReturns(points, typical, options, reasons),
    marginal_gain: marginalGains(points, choice, judge, knife, complete, reasons),
    forecast: forecasts(points, choice, judge, knife, judged),
    reasons,
    warnings: warningsOf(points, choice, options),
  };
}

function tooFew({ k, pool, from }: UsablePoints): string {
  if (k.length >= 3) return 'there is no law, and not every k of the pool is measured';
  return `only ${k.length} of the ${pool - from + 1} k's ${k.length === 1 ? 'is' : 'are'} measured, and a law needs three`;
}

function noForm(points: UsablePoints, options: FitOptions): string {
  const count = points.k.length;
  if (count === 0) return 'no k has a loss yet';
  if (count === 1) return 'one k alone fixes no law';
  return `the form ${options.form ?? ''} needs three k's, and there are ${count}`;
}

function noIntervals(
  { hidden }: UsablePoints,
  fitted: boolean,
  options: FitOptions,
  knife: Jackknife | null,
): string {
  if (options.stage === 'points') return 'point estimates only so far';
  if (!fitted) return 'there is no law to give intervals for';
  if (hidden) return 'the evaluation samples and subsets do not show the errors of the losses yet';
  if (options.interval === 'population' && !knife)
    return 'too few pools with one expert left out can be fitted';
  return "as many parameters as k's, and the errors of the losses are unknown";
}

function threePoints(points: UsablePoints, reasons: Record<string, string>): LawCurve['three_point'] {
  const { k, y } = points;
  const wanted = k.length === 3 ? k : [1, 2, 4];
  const indices = wanted.map((kk) => k.indexOf(kk));
  const [a, b, c] = indices;
  const [k1, k2, k3] = wanted;
  if (a === undefined || b === undefined || c === undefined || indices.includes(-1)) {
    reasons['three_point'] = 'k = 1, 2 and 4 are not all measured';
    return null;
  }
  const solved = threePoint([k1 ?? 1, k2 ?? 2, k3 ?? 4], [at(y, a), at(y, b), at(y, c)]);
  if (!solved)
    reasons['three_point'] = 'the three losses do not fall ever more slowly, as floor and tail require';
  return solved;
}

function recommend(
  points: UsablePoints,
  choice: Choice,
  typical: TypicalCurve | null,
  options: FitOptions,
  knife: Jackknife | null,
  reasons: Record<string, string>,
): RecommendedK | null {
  const { goal } = options;
  if (!typical) {
    reasons['recommended_k'] = tooFew(points);
    return null;
  }
  const k = recommendedK(goal, typical);
  if (k === null) {
    reasons['recommended_k'] =
      goal.rule === 'epsilon' && typical.floor === null
        ? 'the law has no tail, so no distance to a floor'
        : `no k up to ${points.pool} meets the goal`;
    return null;
  }
  const none = { k, low: null, high: null, rule: goal.rule, value: goal.value };
  if (options.stage !== 'complete') return none;
  // Read off a law that no backtest has judged, k is as sure as that law: nobody knows how sure.
  if (!isComplete(points) && choice.name === 'three_point') return none;
  const ks: number[] = [];
  let unreached = 0;
  for (const curve of drawCurves(points, choice, typical, options, knife)) {
    const drawn = recommendedK(goal, curve);
    if (drawn === null) unreached++;
    else ks.push(drawn);
  }
  const total = ks.length + unreached;
  if (total === 0) return none;
  ks.sort((a, b) => a - b);
  // Ends are outermost values with at least 2.5% of the replicates at or beyond them; never inside the estimate.
  const low = ks[Math.floor(0.025 * total)];
  const high = ks[Math.ceil(0.975 * total) - 1];
  return {
    ...none,
    low: low === undefined ? null : Math.min(low, k),
    high: high === undefined ? null : Math.max(high, k),
  };
}

function kEpsilon(points: UsablePoints, choice: Choice, options: FitOptions): LawCurve['k_epsilon'] {
  const { epsilon } = options;
  if (epsilon === null) return null;
  const law = choice.used?.estimate.fit ?? null;
  if (!law) return { k: null, epsilon, reason: 'there is no law' };
  if (choice.name === 'flat') return { k: null, epsilon, reason: 'a flat law has no tail' };
  const losses = lossesOverPool(points, (k) => predict(law, k));
  const floor = parametersOf(law)['Linf'] ?? 0;
  const k = recommendedK(
    { rule: 'epsilon', value: epsilon },
    { losses, base: null, floor, chosenBeatsBase: null },
  );
  return { k, epsilon, reason: k === null ? `not reachable in this pool of ${points.pool}` : null };
}

function kReturns(
  points: UsablePoints,
  typical: TypicalCurve | null,
  options: FitOptions,
  reasons: Record<string, string>,
): LawCurve['k_return'] {
  if (!typical) {
    reasons['k_return'] = tooFew(points);
    return null;
  }
  const shares = [...new Set([...RETURNS, ...options.returns])].filter(Number.isFinite).sort((a, b) => a - b);
  return Object.fromEntries(
    shares.map((share) => [String(share), kAtReturn(share, typical.losses, typical.base)]),
  );
}
