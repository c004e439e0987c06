/**
 * Laws that the oracle of a pool may follow, in its summed parameters P (billions) or its number of models k. Points
 * weigh the same: all share their samples, so that their errors are mostly one common level.
 */
import { bestOf, shapesOf } from './pool-shapes.ts';
import type { PoolForm } from './types.ts';

/** Where losses are known, ascending in P. */
export interface Places {
  readonly P: readonly number[];
  readonly k: readonly number[];
}

export interface FittedForm {
  readonly form: PoolForm;
  readonly parameters: Readonly<Record<string, number>>;
  /** Residual sum of squares. */
  readonly rss: number;
  readonly predict: (P: number, k: number) => number;
}

/** In the order in which ties are broken: the simplest first. */
export const POOL_FORMS: readonly PoolForm[] = ['flat', 'logarithm', 'power', 'saturating', 'power_floor'];

/** As many points as the form with most parameters, and one to judge it by. */
export const FEWEST = 4;

/** Fits a form to the first `count` losses, nats per byte. */
export function fitForm(
  form: PoolForm,
  places: Places,
  y: ArrayLike<number>,
  count = places.P.length,
): FittedForm {
  const { P } = places;
  const n = count;
  if (form === 'flat') {
    const { level, rss } = line(new Float64Array(n), y, n);
    return { form, parameters: { level }, rss, predict: () => level };
  }
  if (form === 'logarithm') {
    const { level, slope, rss } = line(
      P.map((p) => -Math.log(p)),
      y,
      n,
    );
    return { form, parameters: { level, slope }, rss, predict: (p) => level - slope * Math.log(p) };
  }
  if (form === 'saturating') {
    const shape = shapesOf(places).offset;
    const t = bestOf(shape, (x) => line(x, y, n).rss);
    const [{ level: floor, slope: scale, rss }, offset] = [line(shape.at(t), y, n), Math.expm1(t)];
    return {
      form,
      parameters: { floor, scale, offset },
      rss,
      predict: (_, kk) => floor + scale / (kk + offset),
    };
  }
  return powerLaw(form, places, y, n);
}

/** With a floor at or above zero, which a loss has; the one without is the same with none. */
function powerLaw(
  form: 'power' | 'power_floor',
  places: Places,
  y: ArrayLike<number>,
  n: number,
): FittedForm {
  const first = places.P[0] as number;
  const shape = shapesOf(places).power;
  const fitted = (x: Float64Array) => {
    const free = form === 'power_floor' ? line(x, y, n) : null;
    return free && free.level >= 0 ? free : { level: 0, ...proportion(x, y, n) };
  };
  const t = bestOf(shape, (x) => fitted(x).rss);
  const { level: floor, slope, rss } = fitted(shape.at(t));
  const exponent = Math.exp(t);
  const scale = slope * first ** exponent;
  const parameters = form === 'power' ? { scale, exponent } : { floor, scale, exponent };
  return { form, parameters, rss, predict: (p) => floor + slope * (p / first) ** -exponent };
}

/** y ≈ level + slope·x with slope ≥ 0. */
function line(x: ArrayLike<number>, y: ArrayLike<number>, n: number) {
  let [meanX, meanY] = [0, 0];
  for (let i = 0; i < n; i++) {
    meanX += (x[i] as number) / n;
    meanY += (y[i] as number) / n;
  }
  let [xx, xy] = [0, 0];
  for (let i = 0; i < n; i++) {
    const deviation = (x[i] as number) - meanX;
    xx += deviation * deviation;
    xy += deviation * ((y[i] as number) - meanY);
  }
  const slope = xx > 0 ? Math.max(0, xy / xx) : 0;
  const level = meanY - slope * meanX;
  return { level, slope, rss: squares(x, y, n, level, slope) };
}

/** y ≈ slope·x */
function proportion(x: ArrayLike<number>, y: ArrayLike<number>, n: number) {
  let [xx, xy] = [0, 0];
  for (let i = 0; i < n; i++) {
    xx += (x[i] as number) ** 2;
    xy += (x[i] as number) * (y[i] as number);
  }
  const slope = xx > 0 ? xy / xx : 0;
  return { slope, rss: squares(x, y, n, 0, slope) };
}

function squares(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  n: number,
  level: number,
  slope: number,
): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += ((y[i] as number) - level - slope * (x[i] as number)) ** 2;
  return sum;
}
