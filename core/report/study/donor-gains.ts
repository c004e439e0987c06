import type { Synergy } from '../../selection/synergy.ts';
import type { SynergyEntry } from '../../selection/synergy-matrix.ts';

/** One donor's gain for somebody else's domain. */
export interface DonorGain {
  /** Index into the pool. */
  readonly donor: number;
  /** Index into the domains. */
  readonly domain: number;
  readonly gain: SynergyEntry;
}

/**
 * What donors bring to domains of others, against the other donors, most helpful first: beside the domain's own expert
 * where it has one, since an average that counts that expert leaves nearly everybody below it. Only what is a discovery.
 */
export function sureGains({ own, with_own, adjusted }: Synergy): readonly DonorGain[] {
  return own
    .flatMap((expert, domain) =>
      (expert === null ? adjusted : with_own).flatMap((row, donor): DonorGain[] => {
        const gain = row[domain];
        return gain?.discovered && donor !== expert ? [{ donor, domain, gain }] : [];
      }),
    )
    .sort((a, b) => b.gain.value - a.gain.value);
}
