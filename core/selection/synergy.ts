import { throwIfCancelled } from '../law/cancelled.ts';
import { domainColumns, effectsOf } from './attribution.ts';
import { type AttributionDesign, attributionDesign } from './attribution-design.ts';
import { meanStep, stepOfOthers, stepWith } from './mean-step.ts';
import { objectiveOf } from './measured.ts';
import { measuredSubsets } from './measured-subsets.ts';
import { scopeOf, wholePool } from './scope.ts';
import type { SynergyInput } from './synergy-input.ts';
import { judged, matrixOf, type SynergyMatrix } from './synergy-matrix.ts';
import { type RankedDonor, type RankedReceiver, rankedDonors, rankedReceivers } from './synergy-ranks.ts';

/** What donors do for domains. Gains are nats per token that the loss falls: positive is good. M = pool, D = domains. */
export interface Synergy {
  /** Shape (D): the expert whose own domain it is, or null. */
  readonly own: readonly (number | null)[];
  /**
   * Mean gain over steps T → T ∪ {d}: averaged within each t ≥ 1, then equally over t, as along the trajectories of arXiv
   * 2509.24244, appendix M: confounded with the step. `adjusted`, and what a step gives whoever takes it.
   */
  readonly plain: SynergyMatrix;
  /**
   * Relative to the average donor at the same step: averaged within each t ≥ 1, then equally over t. The average counts
   * the domain's own expert, whose gain is large: beside it most others are below average.
   */
  readonly adjusted: SynergyMatrix;
  /** The same of the step from the base alone, t = 0. */
  readonly first: SynergyMatrix;
  /** As `adjusted`, over sets T that hold the receiver's own expert; the average is over the other donors. */
  readonly with_own: SynergyMatrix;
  /** As `adjusted`, over sets T that lack it; the average is over the other donors. */
  readonly without_own: SynergyMatrix;
  /** Best first: the weighted mean over the domains of others, relative to the average donor but the own expert. */
  readonly donors: readonly RankedDonor[];
  /** Most helped first: the mean gain of all steps by others' experts. */
  readonly receivers: readonly RankedReceiver[];
}

/** The expert with a domain's name, for each domain. Shape (D). */
export function ownExperts(pool: readonly string[], domains: readonly string[]): (number | null)[] {
  return domains.map((domain) => {
    const expert = pool.indexOf(domain);
    return expert < 0 ? null : expert;
  });
}

/** One domain after the other, so that what is held at a time stays small. @throws Cancelled */
export function synergy(input: SynergyInput): Synergy {
  const { measured, pool, own, permutations } = input;
  const subsets = measuredSubsets(measured, pool, permutations);
  const all = wholePool(measured.length, pool);
  const steps = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  const objective = Float64Array.from(measured, (row) => objectiveOf(row, input.weights));
  const whole = attributionDesign(subsets, all, steps(1, pool), objective);
  const base = attributionDesign(subsets, all, [0], objective);
  const byDomain = domainColumns(measured, own.length);
  const columns = byDomain.map((losses, e) => {
    throwIfCancelled(input.cancelled);
    const expert = own[e] ?? null;
    const of = (design: AttributionDesign) =>
      judged(input, e, design.scope.indices, effectsOf(design, losses));
    const effects = effectsOf(whole, losses);
    const step = meanStep(input, e);
    const plain = effects.map((effect) => effect && step && stepWith(step, effect, 1));
    const byOthers = step && stepOfOthers(step, effects, expert);
    const split = (inside: boolean) => {
      if (expert === null) return new Array<null>(pool).fill(null);
      const scope = scopeOf(subsets.masks, pool, expert, inside);
      return of(attributionDesign(subsets, scope, steps(inside ? 0 : 1, pool - 1), losses));
    };
    return {
      plain: judged(input, e, all.indices, plain),
      byOthers: judged(input, e, all.indices, [byOthers])[0] ?? null,
      adjusted: judged(input, e, all.indices, effects),
      first: of(base),
      with_own: split(true),
      without_own: split(false),
    };
  });
  const adjusted = columns.map((each) => each.adjusted);
  return {
    own,
    plain: matrixOf(
      columns.map((each) => each.plain),
      pool,
    ),
    adjusted: matrixOf(adjusted, pool),
    first: matrixOf(
      columns.map((each) => each.first),
      pool,
    ),
    with_own: matrixOf(
      columns.map((each) => each.with_own),
      pool,
    ),
    without_own: matrixOf(
      columns.map((each) => each.without_own),
      pool,
    ),
    donors: rankedDonors(input, whole, adjusted),
    receivers: rankedReceivers(columns.map((each) => each.byOthers)),
  };
}
