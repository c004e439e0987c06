import { percentiles } from '../percentiles.ts';
import { student95 } from '../student.ts';
import { at } from '../whitening.ts';
import type { DrawnJoint } from './draws.ts';
import { errorAtSize } from './held-out.ts';
import { type JointFit, predictJoint } from './joint-fit.ts';
import type { SizePoints } from './points.ts';
import type { HeldOut, SizeForecast } from './sizes-law.ts';

/** Sizes from which a law may say something of a size that is not measured. */
export const FORECAST_FROM = 4;

/**
 * The loss at every measured size and at those asked for, each at k = 1..M and the k asked for: measured where it is,
 * else from the law. Sizes that are not measured are left out with fewer than four sizes.
 */
export function sizeForecasts(
  points: SizePoints,
  fit: JointFit,
  draws: readonly DrawnJoint[] | null,
  heldOut: readonly HeldOut[],
  asked: { readonly N: readonly number[]; readonly k: readonly number[] },
): SizeForecast[] {
  const ks = Array.from({ length: points.pool }, (_, i) => i + 1);
  const wanted = [...new Set([...ks, ...asked.k.filter((k) => k >= 1 && Number.isFinite(k))])];
  const further = asked.N.filter((N) => N > 0 && Number.isFinite(N) && !points.N.includes(N));
  const sizes = points.N.length >= FORECAST_FROM ? [...new Set([...points.N, ...further])] : points.N;
  return sizes
    .toSorted((a, b) => a - b)
    .flatMap((N) =>
      wanted
        .toSorted((a, b) => a - b)
        .map((k) => measuredAt(points, N, k, draws !== null) ?? fromLaw(points, fit, draws, heldOut, N, k)),
    );
}

function measuredAt(points: SizePoints, N: number, k: number, complete: boolean): SizeForecast | null {
  const curve = points.curves[points.N.indexOf(N)];
  const i = curve?.k.indexOf(k) ?? -1;
  if (!curve || i < 0) return null;
  const loss = at(curve.y, i);
  const half =
    complete && points.known
      ? student95(at(curve.df, i)) * Math.sqrt(at(curve.C, i * curve.k.length + i))
      : null;
  return {
    N,
    k,
    loss,
    low: half === null ? null : loss - half,
    high: half === null ? null : loss + half,
    measured: true,
  };
}

/** What the errors leave open, the misfit, and at a size not measured how wrong the law was at sizes held out. */
function fromLaw(
  points: SizePoints,
  fit: JointFit,
  draws: readonly DrawnJoint[] | null,
  heldOut: readonly HeldOut[],
  N: number,
  k: number,
): SizeForecast {
  const loss = predictJoint(fit, N, k);
  const none = { N, k, loss, low: null, high: null, measured: false };
  const unseen = points.N.includes(N) ? 0 : errorAtSize(heldOut, points.N, N);
  if (!draws || unseen === null) return none;
  const [low, high] = percentiles(
    draws.map(({ x, linear }) => predictJoint({ model: fit.model, x, linear }, N, k)),
    loss,
  );
  const half = student95(Math.max(1, fit.free)) * Math.sqrt(fit.misfit + unseen);
  return {
    ...none,
    low: low === null ? null : loss - Math.hypot(loss - low, half),
    high: high === null ? null : loss + Math.hypot(high - loss, half),
  };
}
