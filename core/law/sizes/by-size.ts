import { withoutLimit } from '../least-squares.ts';
import { percentiles } from '../percentiles.ts';
import type { DrawnOffset } from './draws.ts';
import { floorAndTail, ownOffset, rmseAt, type SharedOffset } from './shared-offset.ts';
import type { Bounded, BySize } from './sizes-law.ts';

/** Floors and tails of the shared offset, with intervals where there are draws. */
export function bySize(
  shared: SharedOffset,
  draws: readonly DrawnOffset[] | null,
  test: BySize['shared_b'],
): BySize {
  const b = interval(
    shared.b,
    draws?.map((draw) => offsetOf(shared, draw)),
  );
  return {
    b: b.value,
    b_low: b.low,
    b_high: b.high,
    sizes: shared.points.N.map((N, s) => {
      const value = floorAndTail(shared.fits[s] as SharedOffset['fits'][number]);
      const drawn = draws?.map(({ fits }) => unlimitedFloorAndTail(fits[s]));
      return {
        N,
        floor: interval(
          value.floor,
          drawn?.map(({ floor }) => floor),
        ),
        tail: interval(
          value.tail,
          drawn?.map(({ tail }) => tail),
        ),
        own_b: ownOffset(shared.alone[s] ?? null),
        rmse: rmseAt(shared, s),
      };
    }),
    shared_b: test,
  };
}

function interval(value: number, drawn: readonly number[] | undefined): Bounded {
  const [low, high] = drawn ? percentiles(drawn, value) : [null, null];
  return { value, low, high };
}

/** Infinite where no size falls, or all fall in a line: then no offset is wrong. */
function offsetOf(shared: SharedOffset, { t, fits }: DrawnOffset): number {
  const model = shared.fitters[0]?.model;
  const falls = fits.some(({ coefficients }) => (coefficients[1] ?? 0) > 0);
  if (model?.kind !== 'shape' || !falls || t >= model.tHigh - 1e-7) return Number.POSITIVE_INFINITY;
  return model.shape(t);
}

function unlimitedFloorAndTail(fit: SharedOffset['fits'][number] | undefined): {
  floor: number;
  tail: number;
} {
  if (!fit) return { floor: Number.NaN, tail: Number.NaN };
  return withoutLimit(fit)
    ? { floor: Number.NEGATIVE_INFINITY, tail: Number.POSITIVE_INFINITY }
    : floorAndTail(fit);
}
