import { spreadsOf, subsetVariance } from './attribution.ts';
import type { AttributionDesign, DonorDesign } from './attribution-design.ts';
import { type Estimated, estimatedFrom, summedVariance, type Variance } from './estimated.ts';
import { objectiveOf } from './measured.ts';
import type { DomainWeights } from './samples.ts';
import type { SynergyInput } from './synergy-input.ts';
import { type Judged, judged } from './synergy-matrix.ts';
import { meanStepEffect, type StepDesign } from './synergy-steps.ts';

/** What a donor gives the domains of others, relative to the average donor, nats per token. */
export interface RankedDonor extends Estimated {
  readonly donor: number;
}

/** What a domain gains by a step of somebody else's expert, nats per token. */
export interface RankedReceiver extends Estimated {
  readonly domain: number;
}

/**
 * Best first: mean of the adjusted gains over the domains whose own expert the donor is not, by the objective's weights.
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
    let value = 0;
    // Domains have samples of their own: their errors are independent.
    const parts: (Variance | null)[] = [];
    for (const [e, share] of shares.entries()) {
      const cell = adjusted[e]?.[donor];
      if (share === 0 || !cell) continue;
      value += share * cell.value;
      parts.push(cell.samples && { ...cell.samples, variance: share ** 2 * cell.samples.variance });
    }
    return [
      { donor, ...estimatedFrom(value, [summedVariance(parts), fromSubsets(input, design, own, shares)]) },
    ];
  });
  return ranked.sort((a, b) => b.value - a.value);
}

function fromSubsets(
  { measured }: SynergyInput,
  design: AttributionDesign,
  donor: DonorDesign,
  shares: DomainWeights,
): Variance {
  if (design.spreads.length === 0) return { variance: 0, freedom: Number.POSITIVE_INFINITY };
  const losses = Float64Array.from(measured, (row) => objectiveOf(row, shares));
  return subsetVariance(donor, spreadsOf(design, losses));
}

/** Most helped first. `byDomain`: losses, shape (D, measured). */
export function rankedReceivers(
  input: SynergyInput,
  design: StepDesign,
  indices: Int32Array,
  byDomain: readonly Float64Array[],
): RankedReceiver[] {
  const ranked = byDomain.flatMap((losses, domain): RankedReceiver[] => {
    const effect = meanStepEffect(design, losses, input.pool, input.own[domain] ?? null);
    const [cell] = judged(input, domain, indices, [effect]);
    if (!cell) return [];
    return [{ domain, ...estimatedFrom(cell.value, [cell.samples, cell.subsets]) }];
  });
  return ranked.sort((a, b) => b.value - a.value);
}
