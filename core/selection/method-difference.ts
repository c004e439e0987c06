import type { Losses, Measured } from './measured.ts';
import { difference } from './sample-variance.ts';
import type { Samples } from './samples.ts';
import { type TypicalPoint, typicalPoints } from './typical.ts';

/** One method minus another over the subsets of one size that both have merged. */
export interface DifferencePoint {
  /** Its losses are differences, as are those of `measured`, which its entries index. */
  readonly point: TypicalPoint;
  /** Empty where every subset of the size has been merged by both: there is no error from subsets then. */
  readonly measured: readonly Measured[];
}

/**
 * Paired twice: over subsets, since a subset that only one method has merged is left out, and over evaluation samples,
 * since both are scored on the same ones. A difference of losses has an influence, a spread and a mean just as a loss
 * has, so whatever judges a typical curve judges it. One point for each k that both designs reached, ascending.
 */
export function methodDifferences(
  own: readonly Measured[],
  other: readonly Measured[],
  pool: number,
  samples: Samples,
  required = 0,
): DifferencePoint[] {
  const sizes = sizesThatDiffer(own, other);
  const differs = ({ members }: Measured) => sizes.has(members.length);
  const [ours, theirs] = sharedDraws(own.filter(differs), other.filter(differs));
  const points = (rows: readonly Measured[]) => typicalPoints(rows, pool, samples, required);
  const same = points(own).filter(({ k }) => !sizes.has(k));
  return [
    ...same.map((point) => minusPoint(point, own, atSize(points(other), point.k), other)),
    ...points(ours).map((point) => minusPoint(point, ours, atSize(points(theirs), point.k), theirs)),
  ].sort((a, b) => a.point.k - b.point.k);
}

function atSize(points: readonly TypicalPoint[], k: number): TypicalPoint {
  return points.find((point) => point.k === k) as TypicalPoint;
}

/** Of the same subsets in the same order, drawn equally often. */
function minusPoint(
  point: TypicalPoint,
  own: readonly Measured[],
  against: TypicalPoint,
  other: readonly Measured[],
): DifferencePoint {
  const losses = minus(point.losses, against.losses);
  if (point.exhaustive) return { point: { ...point, losses }, measured: [] };
  const measured = point.entries.map(({ index }, i) => {
    const { members, draws, ...a } = own[index] as Measured;
    const b = other[against.entries[i]?.index ?? -1] as Measured;
    return { ...minus(a, b), members, draws };
  });
  const entries = point.entries.map(({ weight }, index) => ({ index, weight }));
  return { point: { ...point, losses, entries }, measured };
}

/**
 * Where they have not merged the same subsets in the same order, drawn equally often: the same losses summed in another
 * order differ by rounding, and would rank methods that merge alike.
 */
function sizesThatDiffer(own: readonly Measured[], other: readonly Measured[]): ReadonlySet<number> {
  const [ours, theirs] = [bySize(own), bySize(other)];
  const sizes = [...new Set([...ours.keys(), ...theirs.keys()])];
  return new Set(sizes.filter((k) => !areSameDraws(ours.get(k) ?? [], theirs.get(k) ?? [])));
}

function bySize(rows: readonly Measured[]): Map<number, Measured[]> {
  const found = new Map<number, Measured[]>();
  for (const row of rows) {
    const same = found.get(row.members.length);
    if (same) same.push(row);
    else found.set(row.members.length, [row]);
  }
  return found;
}

function areSameDraws(own: readonly Measured[], other: readonly Measured[]): boolean {
  return (
    own.length === other.length &&
    own.every(({ members, draws }, i) => {
      const its = other[i] as Measured;
      return draws === its.draws && members.every((d, at) => d === its.members[at]);
    })
  );
}

/** The rows of subsets that both have, in the same order: a subset counts as drawn as far as both designs have come. */
function sharedDraws(own: readonly Measured[], other: readonly Measured[]): [Measured[], Measured[]] {
  const otherOf = new Map(other.map((row) => [row.members.join(), row]));
  const pairs = own.flatMap((a) => {
    const b = otherOf.get(a.members.join());
    return b ? [{ a, b, draws: Math.min(a.draws, b.draws) }] : [];
  });
  return [pairs.map(({ a, draws }) => ({ ...a, draws })), pairs.map(({ b, draws }) => ({ ...b, draws }))];
}

/** Rows of differences: of the influences' shape and units. */
export function minus(a: Losses, b: Losses): Losses {
  const nll = new Float32Array(a.nll.length);
  for (let s = 0; s < nll.length; s++) nll[s] = (a.nll[s] as number) - (b.nll[s] as number);
  return { nll, domains: difference(a.domains, b.domains) };
}
