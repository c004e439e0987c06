import type { JointFit } from './joint-fit.ts';
import type { IsoLine } from './sizes-law.ts';

/** Lines drawn where no losses are asked for. */
const LINES = 5;
/** Points along a line. */
const STEPS = 32;

/** Floor, tail and offset at one size, as far as a loss needs them. */
export interface FloorAndTail {
  readonly floor: number;
  readonly tail: number;
  readonly b: number;
}

/**
 * The real k at which L∞ + A/(k + b) = loss, no less than 1: k = A/(loss − L∞) − b. Null where the loss is not above the
 * floor, or only reached beyond the pool of M = `pool`. Nats.
 */
export function kAtLoss({ floor, tail, b }: FloorAndTail, loss: number, pool: number): number | null {
  const room = loss - floor;
  if (!(room > 0)) return null;
  const k = Math.max(1, tail / room - b);
  return k <= pool ? k : null;
}

/**
 * Each loss as a line in the plane of N and k. With fewer than four sizes a line has a point at each measured size, and
 * none between or beyond.
 */
export function isoLines(fit: JointFit, losses: readonly number[], pool: number): IsoLine[] {
  const { model, x, linear, points } = fit;
  const at = (N: number): FloorAndTail => ({
    floor: model.floorAt(x, linear, N),
    tail: model.tailAt(x, linear, N),
    b: model.b(x),
  });
  const sizes = points.N.length < 4 ? points.N : along(points.N);
  return losses.map((loss) => ({
    loss,
    points: sizes.map((N) => ({ N, k: kAtLoss(at(N), loss, pool) })),
  }));
}

/** From the smallest to the largest size in equal ratios, the measured ones among them. */
function along(N: readonly number[]): number[] {
  const [first = 1, last = 1] = [N[0], N.at(-1)];
  const grid = Array.from({ length: STEPS - 1 }, (_, i) => first * (last / first) ** ((i + 1) / STEPS));
  return [...new Set([...N, ...grid])].sort((a, b) => a - b);
}

/** Round losses, evenly between the lowest and the highest measured. */
export function isoLosses(losses: ArrayLike<number>): number[] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < losses.length; i++) {
    low = Math.min(low, losses[i] ?? low);
    high = Math.max(high, losses[i] ?? high);
  }
  if (!(high > low)) return [];
  const step = roundStep((high - low) / (LINES + 1));
  const first = Math.floor(low / step) + 1;
  const count = Math.max(0, Math.ceil(high / step) - first);
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** The largest of 1, 2, 5, 10, 20, ... (and their tenths) that is no larger. */
function roundStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([5, 2].find((digit) => digit * power <= value) ?? 1);
}
