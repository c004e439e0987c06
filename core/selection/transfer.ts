import { throwIfCancelled } from '../law/cancelled.ts';
import { type Estimated, estimatedFrom, type Variance } from './estimated.ts';
import type { Losses, Measured } from './measured.ts';
import type { Samples } from './samples.ts';
import { masksOf } from './subset-masks.ts';
import { type CurveSide, curveSides, type SidePoint } from './transfer-sides.ts';

/** Dilution and transfer, apart: merges with a domain's own expert against merges without it. */
export interface Transfer {
  /** Domains that have an expert of their own. */
  readonly domains: readonly DomainTransfer[];
  /** Means over these domains, at the k that all of them reach. */
  readonly in_domain: readonly TransferPoint[];
  readonly cross_domain: readonly TransferPoint[];
}

export interface DomainTransfer {
  readonly domain: number;
  readonly own: number;
  /** Subsets that hold the own expert. `change` is against it alone: what the others dilute. */
  readonly members: readonly TransferPoint[];
  /** Subsets that lack it. `change` is against the base: what the others transfer. */
  readonly others: readonly TransferPoint[];
}

/** Mean loss over subsets of size k, nats per token. */
export interface TransferPoint {
  readonly k: number;
  readonly loss: Estimated;
  /** Positive is worse; null where the model to compare with is not measured. Paired: on the same samples. */
  readonly change: Estimated | null;
  /** Measured subsets, of how many there are; in a mean over domains, the sums. */
  readonly subsets: number;
  readonly of: number;
}

export interface TransferInput {
  readonly measured: readonly Measured[];
  readonly base: Losses | null;
  readonly pool: number;
  readonly samples: Samples;
  /** Shape (D): the expert of the same name as the domain, or null. */
  readonly own: readonly (number | null)[];
  /** The subsets are those of permutations: drawn with replacement. */
  readonly permutations: boolean;
  readonly stage: 'points' | 'complete';
  readonly cancelled?: () => boolean;
}

/** @throws Cancelled */
export function transfer(input: TransferInput): Transfer {
  const masks = masksOf(input.measured);
  const sides = input.own.flatMap((own, domain) => {
    if (own === null) return [];
    throwIfCancelled(input.cancelled);
    return [{ domain, own, ...curveSides(input, masks, domain, own) }];
  });
  return {
    domains: sides.map(({ domain, own, members, others }) => ({
      domain,
      own,
      members: members.map(pointOf),
      others: others.map(pointOf),
    })),
    in_domain: meanCurve(sides.map(({ members }) => members)),
    cross_domain: meanCurve(sides.map(({ others }) => others)),
  };
}

function pointOf({
  k,
  loss,
  change,
  sampleVariance,
  changeVariance,
  residuals,
  subsets,
  of,
  left,
}: SidePoint): TransferPoint {
  const fromSubsets = subsetVariance([residuals], left);
  return {
    k,
    loss: estimatedFrom(loss, [sampleVariance, fromSubsets]),
    change: change === null ? null : estimatedFrom(change, [changeVariance, fromSubsets]),
    subsets,
    of,
  };
}

function meanCurve(curves: readonly CurveSide[]): TransferPoint[] {
  const [first] = curves;
  if (!first) return [];
  return first.flatMap(({ k }) => {
    const points = curves.flatMap((curve) => curve.find((point) => point.k === k) ?? []);
    return points.length === curves.length ? [meanPoint(k, points)] : [];
  });
}

/** Each domain has samples of its own; the subsets are the same, so that their errors go together. */
function meanPoint(k: number, points: readonly SidePoint[]): TransferPoint {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const scaled = (part: Variance | null) => part && { ...part, variance: part.variance / points.length ** 2 };
  const fromSubsets = subsetVariance(
    points.map(({ residuals }) => residuals),
    Math.max(...points.map(({ left }) => left)),
  );
  const changes = points.flatMap(({ change }) => (change === null ? [] : [change]));
  return {
    k,
    loss: estimatedFrom(mean(points.map(({ loss }) => loss)), [
      ...points.map(({ sampleVariance }) => scaled(sampleVariance)),
      fromSubsets,
    ]),
    change:
      changes.length < points.length
        ? null
        : estimatedFrom(mean(changes), [
            ...points.map(({ changeVariance }) => scaled(changeVariance)),
            fromSubsets,
          ]),
    subsets: points.reduce((sum, { subsets }) => sum + subsets, 0),
    of: points.reduce((sum, { of }) => sum + of, 0),
  };
}

/** From subsets that are not measured: left·n/(n − 1)·Σ_subset (mean over domains of its weighted residual)². */
function subsetVariance(residuals: readonly ReadonlyMap<number, number>[], left: number): Variance | null {
  if (left === 0) return { variance: 0, freedom: Number.POSITIVE_INFINITY };
  const sums = new Map<number, number>();
  for (const own of residuals)
    for (const [index, residual] of own)
      sums.set(index, (sums.get(index) ?? 0) + residual / residuals.length);
  const n = sums.size;
  if (n < 2) return null;
  const squares = [...sums.values()].reduce((sum, residual) => sum + residual ** 2, 0);
  return { variance: (left * n * squares) / (n - 1), freedom: n - 1 };
}
