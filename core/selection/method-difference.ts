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
  const [ours, theirs] = areSameDraws(own, other) ? [own, other] : sharedDraws(own, other);
  const others = typicalPoints(theirs, pool, samples, required);
  return typicalPoints(ours, pool, samples, required).map((point, at) => {
    const losses = minus(point.losses, (others[at] as TypicalPoint).losses);
    if (point.exhaustive) return { point: { ...point, losses }, measured: [] };
    const measured = point.entries.map(({ index }) => {
      const { members, draws, ...a } = ours[index] as Measured;
      return { ...minus(a, theirs[index] as Measured), members, draws };
    });
    const entries = point.entries.map(({ weight }, index) => ({ index, weight }));
    return { point: { ...point, losses, entries }, measured };
  });
}

function areSameDraws(own: readonly Measured[], other: readonly Measured[]): boolean {
  return (
    own.length === other.length &&
    own.every(({ members, draws }, i) => {
      const its = other[i] as Measured;
      return (
        draws === its.draws &&
        members.length === its.members.length &&
        members.every((d, at) => d === its.members[at])
      );
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
