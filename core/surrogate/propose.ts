/** Predicted, then measured, then recommended: the best subsets that nobody has merged yet (mathematics §5). */
import type { Members } from '../design/subsets.ts';
import type { Surrogate } from './fit.ts';
import { type Predicted, predictedSubset } from './jackknife.ts';
import { nameOf, type SurrogateMerge } from './merge.ts';
import { subsetLoss } from './model.ts';
import { allows, bestSubsets, type Constraints } from './search.ts';

/** Of each size: measuring five left at most 0.44 millinats of regret (mathematics §4). */
export const PROPOSED = 5;

export interface ProposedSubset {
  readonly members: Members;
  /**
   * As for any subset: the luck of being the lowest of many is not counted. Up to 12 experts 98 to 100% of intervals held
   * in simulation; of 64 experts the best five all scored above theirs. What decides is the measurement.
   */
  readonly predicted: Predicted;
}

export interface Proposal {
  readonly purpose: 'verify';
  /** The best prediction first. */
  readonly subsets: readonly ProposedSubset[];
}

/**
 * Of each size that is asked for, the subsets of lowest predicted loss that are not measured. Domain weights are those
 * that the surrogate was fitted under.
 *
 * @param step α of each member in a subset of size k
 */
export function proposeSubsets(
  surrogate: Surrogate,
  measured: readonly SurrogateMerge[],
  ks: readonly number[],
  step: (k: number) => number,
  constraints: Constraints,
  seed: number,
): Proposal {
  const known = new Set(measured.map(nameOf));
  const rated = ks.flatMap((k) =>
    bestSubsets(
      surrogate.pool,
      k,
      (members) => subsetLoss(surrogate.model, members, step(members.length)),
      constraints,
      PROPOSED,
      (members) => !known.has(nameOf({ members, step: step(k) })),
      seed,
    ),
  );
  const subsets = rated
    .sort((a, b) => a.loss - b.loss)
    .map(({ members }) => ({
      members,
      predicted: predictedSubset(surrogate, members, step(members.length)),
    }));
  return { purpose: 'verify', subsets };
}

export interface Verified {
  /** The best measured subset that the constraints allow; null where none is. */
  readonly recommended: SurrogateMerge | null;
  /** Proposed subsets that are still to be measured. */
  readonly pending: readonly Members[];
  /** Proposed and measured, with both losses, nats per token. */
  readonly foretold: readonly {
    readonly members: Members;
    readonly predicted: Predicted;
    readonly measured: number;
  }[];
}

/** What to take once a proposal has been measured: by measurement alone, never by prediction. */
export function verifiedSubset(
  proposal: Proposal,
  measured: readonly SurrogateMerge[],
  ks: readonly number[],
  step: (k: number) => number,
  constraints: Constraints,
): Verified {
  const known = new Map(measured.map((merge) => [nameOf(merge), merge]));
  const lossOf = (members: Members) => known.get(nameOf({ members, step: step(members.length) }))?.loss;
  const candidates = measured.filter(
    (merge) =>
      ks.includes(merge.members.length) &&
      merge.step === step(merge.members.length) &&
      allows(constraints, merge.members),
  );
  const recommended = candidates.reduce<SurrogateMerge | null>(
    (best, merge) => (best === null || merge.loss < best.loss ? merge : best),
    null,
  );
  return {
    recommended,
    pending: proposal.subsets.flatMap(({ members }) => (lossOf(members) === undefined ? [members] : [])),
    foretold: proposal.subsets.flatMap(({ members, predicted }) => {
      const loss = lossOf(members);
      return loss === undefined ? [] : [{ members, predicted, measured: loss }];
    }),
  };
}
