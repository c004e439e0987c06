/** Intervals of everything that follows from a law over sizes: it is fitted again to losses with errors like theirs. */
import { throwIfCancelled } from '../cancelled.ts';
import type { Fit } from '../least-squares.ts';
import { noiseOf } from '../noise.ts';
import { seededRandom } from '../random.ts';
import { type JointFit, minimum } from './joint-fit.ts';
import type { Linear } from './joint-model.ts';
import type { SizePoints } from './points.ts';
import { atSharedOffset, type SharedOffset } from './shared-offset.ts';

/** Drawn where no replicates are given. */
const DRAWS = 1000;
/** Of shapes, in shares of their range: far finer than any interval. */
const TOLERANCE = 1e-4;

export interface DrawOptions {
  readonly seed: number;
  readonly cancelled?: () => boolean;
}

/** The joint law of one replicate. */
export interface DrawnJoint {
  readonly x: Float64Array;
  readonly linear: Linear;
}

/** Null where nothing is known of the errors. */
export function drawJoint(fit: JointFit, options: DrawOptions): DrawnJoint[] | null {
  return drawn(fit.points, fit, options, (y) =>
    minimum(fit.problem, fit.problem.whitened(y), [fit.x], TOLERANCE),
  );
}

/** The shared offset of one replicate, and its fit at each size. */
export interface DrawnOffset {
  readonly t: number;
  readonly fits: readonly Fit[];
}

export function drawSharedOffset(shared: SharedOffset, options: DrawOptions): DrawnOffset[] | null {
  return drawn(shared.points, shared, options, (y) =>
    atSharedOffset(shared.points, shared.fitters, y, shared.t, TOLERANCE),
  );
}

function drawn<T>(
  points: SizePoints,
  errors: { readonly scale: number | null; readonly free: number; readonly misfit: number },
  { seed, cancelled }: DrawOptions,
  refit: (y: Float64Array) => T,
): T[] | null {
  const noise = noiseOf(points, errors.scale, errors.free, seededRandom(seed));
  if (!noise) return null;
  return Array.from({ length: points.replicates.length || DRAWS }, (_, r) => {
    if (r % 100 === 0) throwIfCancelled(cancelled);
    return refit(noise(r, errors.misfit));
  });
}

/** How the widths came about. */
export function drawMethod(points: SizePoints, misfit: number): string {
  const from = points.replicates.length > 0 ? 'paired bootstrap of the samples' : 'parametric bootstrap';
  if (!points.known) return 'parametric bootstrap, residuals';
  return `${from}, errors of the losses${misfit > 0 ? ' and misfit' : ''}`;
}
