import type { Form, Warning } from './curve.ts';
import { flatnessTail } from './flatness.ts';
import { type Choice, rivalsOf } from './form-choice.ts';
import type { FitOptions } from './input.ts';
import { onBound, parametersOf } from './least-squares.ts';
import { depthOfFloor } from './parameter-intervals.ts';
import { studentPoint } from './student.ts';
import { samplingVariance, type UsablePoints } from './usable-points.ts';
import { at } from './whitening.ts';

/** Everything at one size that a careful reader would want to be told. Codes are stable. */
export function warningsOf(points: UsablePoints, choice: Choice, options: FitOptions): Warning[] {
  return [
    tooFewK(points),
    parameterOnBound(choice),
    floorNotIdentified(points, choice, options),
    curveTurnsUp(points, choice),
    flatDoesAsWell(points, choice, options.form),
    worseThanBase(points),
    extrapolates(points, options),
  ].filter((warning) => warning !== null);
}

function tooFewK({ k }: UsablePoints): Warning | null {
  if (k.length >= 4) return null;
  const count = k.length === 0 ? 'No k is' : k.length === 1 ? 'One k is' : `${k.length} k's are`;
  const why =
    k.length === 3
      ? ': three parameters pass through any three points, which leaves nothing to judge the law by'
      : '';
  return { code: 'too_few_k', message: `${count} measured, and a law needs at least four${why}.` };
}

function parameterOnBound(choice: Choice): Warning | null {
  if (!choice.used || choice.used.form === 'flat') return null;
  const names = onBound(choice.used.estimate.fit);
  if (names.length === 0) return null;
  const [name = ''] = names;
  const value = parametersOf(choice.used.estimate.fit)[name];
  return {
    code: 'parameter_on_bound',
    message: `${name} = ${value === undefined ? '' : Number(value.toPrecision(4))} lies on the bound of the form ${choice.used.form}: the data ask for a value beyond it.`,
  };
}

/** How far the floor lies below the last point is uncertain by more than the whole curve falls. */
function floorNotIdentified(points: UsablePoints, choice: Choice, options: FitOptions): Warning | null {
  if (!choice.used || choice.used.form === 'flat') return null;
  const judged = depthOfFloor(rivalsOf(choice, points, options.form), points);
  const fall = Math.max(...points.y) - Math.min(...points.y);
  if (judged && judged.most !== null && judged.most - judged.depth <= fall) return null;
  const why = judged
    ? judged.most === null
      ? 'it has no limit from below'
      : 'it may lie further down than the whole curve falls'
    : points.hidden
      ? 'the errors of the losses are not known'
      : "there are as many parameters as k's, and errors that nobody knows";
  return { code: 'floor_not_identified', message: `The data do not fix the floor: ${why}.` };
}

/** The last point lies above an earlier one by more than its error. */
function curveTurnsUp(points: UsablePoints, choice: Choice): Warning | null {
  const { k, y } = points;
  const last = k.length - 1;
  if (last < 1 || points.hidden) return null;
  let lowest = 0;
  for (let i = 0; i <= last; i++) if (at(y, i) < at(y, lowest)) lowest = i;
  const rise = at(y, last) - at(y, lowest);
  if (rise <= 0) return null;
  const c = new Float64Array(k.length);
  c[last] = 1;
  c[lowest] = -1;
  const sampling = samplingVariance(points, c);
  const residual = points.known ? { scale: 1, df: sampling.df } : leastResiduals(points, choice);
  const variance = sampling.variance * residual.scale;
  // The lowest was chosen among the others, so the limit is that of the largest of so many differences (Bonferroni).
  const isBeyondErrors = rise > studentPoint(residual.df, 0.05 / last) * Math.sqrt(variance);
  if (!isBeyondErrors && (points.known || !risesAlongLine(points))) return null;
  return {
    code: 'curve_turns_up',
    message: `The loss is lowest at k = ${k[lowest]} and higher at k = ${k[last]}: more experts made it worse.`,
  };
}

/** Where errors are unknown, the form that leaves the least residuals stands in for them: whitened variance, and its freedom. */
function leastResiduals(points: UsablePoints, choice: Choice): { scale: number; df: number } {
  return choice.candidates
    .flatMap(({ estimate: { scale, fit } }) =>
      scale === null ? [] : [{ scale, df: points.k.length - fit.p }],
    )
    .reduce((a, b) => (b.scale < a.scale ? b : a), { scale: Number.POSITIVE_INFINITY, df: 1 });
}

/** The best straight line in k rises beyond its residuals: no form but one can follow points that do. */
function risesAlongLine({ k, y, C }: UsablePoints): boolean {
  const free = k.length - 2;
  if (free < 1) return false;
  const weights = k.map((_, i) => 1 / at(C, i * k.length + i));
  const sum = (of: (i: number) => number) => weights.reduce((total, weight, i) => total + weight * of(i), 0);
  const total = sum(() => 1);
  const [middle, level] = [sum((i) => k[i] ?? 0) / total, sum((i) => at(y, i)) / total];
  const x = (i: number) => (k[i] ?? 0) - middle;
  const spread = sum((i) => x(i) ** 2);
  const slope = sum((i) => x(i) * (at(y, i) - level)) / spread;
  const scale = sum((i) => (at(y, i) - level - slope * x(i)) ** 2) / free;
  return slope > studentPoint(free, 0.05) * Math.sqrt(scale / spread);
}

/** A constant forecast later k's as well as any law, or the errors alone explain all differences, or no law fits better. */
function flatDoesAsWell(points: UsablePoints, choice: Choice, forced: Form | null): Warning | null {
  const flat = choice.candidates.find(({ form }) => form === 'flat');
  if (!flat || points.k.length < 3) return null;
  const best = Math.min(
    ...choice.candidates
      .filter(({ form }) => form !== 'flat')
      .map(({ test }) => test?.rms ?? Number.POSITIVE_INFINITY),
  );
  const forecastsAsWell = flat.test !== null && flat.test.rms <= best;
  const differs = choice.flatSquares === null || flatnessTail(points, choice.flatSquares) < 0.05;
  const chosen = forced === null && choice.name === 'flat';
  if (!forecastsAsWell && differs && !chosen) return null;
  return {
    code: 'flat_does_as_well',
    message: forecastsAsWell
      ? 'A constant forecast the later points as well as any law.'
      : differs
        ? 'No law that falls lies closer to the points than a constant.'
        : 'The differences between the points are within their errors: a constant explains them as well.',
  };
}

function worseThanBase({ y, base, k }: UsablePoints): Warning | null {
  if (base === null || k.length === 0 || y.some((loss) => loss < base)) return null;
  return {
    code: 'worse_than_base',
    message: `The typical merge is no better than the base at any k measured (base ${base.toPrecision(5)}, best ${Math.min(...y).toPrecision(5)} nats).`,
  };
}

function extrapolates({ pool }: UsablePoints, options: FitOptions): Warning | null {
  const beyond = options.forecast.filter((k) => Number.isFinite(k) && k > pool);
  if (beyond.length === 0) return null;
  const list = [...new Set(beyond)].sort((a, b) => a - b).join(', ');
  const lies = beyond.length === 1 ? 'lies' : 'lie';
  return {
    code: 'extrapolates',
    message: `k = ${list} ${lies} beyond the pool of ${pool}: that takes a further expert to be like these.`,
  };
}
