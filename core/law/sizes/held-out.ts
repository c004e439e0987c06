import { at } from '../whitening.ts';
import { FEWEST_SIZES, fitJoint, predictJoint } from './joint-fit.ts';
import type { OffsetForm } from './joint-model.ts';
import { type SizePoints, someSizes } from './points.ts';
import type { HeldOut } from './sizes-law.ts';

/**
 * Forecasts of sizes that the fit has not seen, against what was measured there: each size from all others, and all
 * later sizes from the first j, j = 3 and up. Empty with fewer than four sizes.
 */
export function heldOutSizes(points: SizePoints, form: OffsetForm): HeldOut[] {
  const all = points.N.map((_, s) => s);
  if (all.length <= FEWEST_SIZES) return [];
  const leftOut = all.flatMap((s) =>
    forecastSizes(
      points,
      form,
      all.filter((other) => other !== s),
      [s],
      'left_out',
    ),
  );
  const later = all
    .slice(FEWEST_SIZES)
    .flatMap((_, i) =>
      forecastSizes(points, form, all.slice(0, FEWEST_SIZES + i), all.slice(FEWEST_SIZES + i), 'later'),
    );
  return [...later, ...leftOut];
}

function forecastSizes(
  points: SizePoints,
  form: OffsetForm,
  fitted: readonly number[],
  unseen: readonly number[],
  kind: HeldOut['kind'],
): HeldOut[] {
  const fit = fitJoint(someSizes(points, fitted), form);
  if (!fit) return [];
  return unseen.flatMap((s) => {
    const [N, curve] = [points.N[s], points.curves[s]];
    if (N === undefined || curve === undefined) return [];
    const errors = curve.k.map((k, i) => predictJoint(fit, N, k) - at(curve.y, i));
    const mean = (value: (error: number) => number) =>
      errors.reduce((sum, error) => sum + value(error), 0) / errors.length;
    return [
      {
        kind,
        N,
        fitted: fit.points.N,
        rms: Math.sqrt(mean((error) => error * error)),
        bias: mean((error) => error),
      },
    ];
  });
}

/** Mean squared error expected at a size not measured: beyond the sizes as when forecasting later ones, between them as when leaving one out. */
export function errorAtSize(heldOut: readonly HeldOut[], sizes: readonly number[], N: number): number | null {
  const [first = 0, last = 0] = [sizes[0], sizes.at(-1)];
  const like =
    N > last
      ? heldOut.filter(({ kind }) => kind === 'later')
      : heldOut.filter(
          ({ kind, N: left }) =>
            kind === 'left_out' && (N < first ? left === first : left !== first && left !== last),
        );
  if (like.length === 0) return null;
  return like.reduce((sum, { rms }) => sum + rms * rms, 0) / like.length;
}
