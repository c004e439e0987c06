import { spreadsOf, subsetVariance } from './attribution.ts';
import type { AttributionDesign } from './attribution-design.ts';
import type { DonorDesign } from './effect-parts.ts';
import { type Estimated, estimatedFrom, summedVariance, type Variance } from './estimated.ts';
import { dot, objectiveOf } from './measured.ts';
import type { DomainWeights } from './samples.ts';
import type { SynergyInput } from './synergy-input.ts';
import type { Judged } from './synergy-matrix.ts';

/** What a donor gives the domains of others, relative to the average donor that is not the domain's own, nats per token. */
export interface RankedDonor extends Estimated {
  readonly donor: number;
}

/** What a domain gains by a step of somebody else's expert, nats per token. */
export interface RankedReceiver extends Estimated {
  readonly domain: number;
}

/**
 * Best first: mean of the gains over the domains whose own expert the donor is not, by the objective's weights.
 * `adjusted` has shape (D, M). Donors without comparisons, or without a domain of others that counts, are left out.
 */
export function rankedDonors(
  input: SynergyInput,
  design: AttributionDesign,
  adjusted: readonly (readonly (Judged | null)[])[],
): RankedDonor[] {
  const ranked = design.donors.flatMap((own, donor): RankedDonor[] => {
    const weights = input.weights.map((weight, e) => (input.own[e] === donor ? 0 : weight));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (!own || total === 0) return [];
    const shares = weights.map((weight) => weight / total);
    const gains = adjusted.flatMap(
      (column, e) => amongOthers(column, donor, input.own[e] ?? null, e, input) ?? [],
    );
    const value = gains.reduce((sum, gain) => sum + (shares[gain.e] as number) * gain.value, 0);
    // Domains have samples of their own: their errors are independent.
    const fromSamples = gains
      .filter(({ e }) => (shares[e] as number) > 0)
      .map(
        ({ e, samples }) =>
          samples && { ...samples, variance: (shares[e] as number) ** 2 * samples.variance },
      );
    const main = fromSubsets(input, design, own, shares);
    // The own experts' part goes along with it at worst.
    const rest = gains.reduce((sum, { e, ownError }) => sum + (shares[e] as number) * ownError, 0);
    const subsets = main && { ...main, variance: (Math.sqrt(main.variance) + rest) ** 2 };
    return [{ donor, ...estimatedFrom(value, [summedVariance(fromSamples), subsets]) }];
  });
  return ranked.sort((a, b) => b.value - a.value);
}

/**
 * A donor's gain on domain e against the mean of all but the domain's own expert. Gains against the mean of all sum to
 * zero, so that this adds a share of the own expert's.
 */
function amongOthers(
  column: readonly (Judged | null)[],
  donor: number,
  own: number | null,
  e: number,
  { samples }: SynergyInput,
): { e: number; value: number; samples: Variance | null; ownError: number } | null {
  const cell = column[donor];
  const reference = own === null ? null : column[own];
  if (!cell) return null;
  if (!reference) return { e, value: cell.value, samples: cell.samples, ownError: 0 };
  const share = 1 / (column.filter((each) => each !== null).length - 1);
  const influence = cell.influence?.map((each, s) => each + share * (reference.influence?.[s] ?? 0));
  return {
    e,
    value: cell.value + share * reference.value,
    samples: influence
      ? { variance: dot(influence, influence), freedom: samples.freedom[e] as number }
      : null,
    ownError: share * Math.sqrt(reference.subsets?.variance ?? 0),
  };
}

function fromSubsets(
  { measured }: SynergyInput,
  design: AttributionDesign,
  donor: DonorDesign,
  shares: DomainWeights,
): Variance | null {
  if (design.spreads.length === 0) return { variance: 0, freedom: Number.POSITIVE_INFINITY };
  const losses = Float64Array.from(measured, (row) => objectiveOf(row, shares));
  return subsetVariance(design, donor, spreadsOf(design, losses), losses);
}

/** Most helped first. `byDomain`: what a step of the others gives, shape (D). */
export function rankedReceivers(byDomain: readonly (Judged | null)[]): RankedReceiver[] {
  const ranked = byDomain.flatMap((cell, domain): RankedReceiver[] =>
    cell ? [{ domain, ...estimatedFrom(cell.value, [cell.samples, cell.subsets]) }] : [],
  );
  return ranked.sort((a, b) => b.value - a.value);
}
