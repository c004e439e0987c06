import type { Synergy } from '../core/selection/synergy.ts';
import type { SynergyEntry, SynergyMatrix } from '../core/selection/synergy-matrix.ts';

/** One donor's gain for somebody else's domain. */
export interface DonorGain {
  /** Index into the pool. */
  readonly donor: number;
  /** Index into the domains. */
  readonly domain: number;
  readonly gain: SynergyEntry;
}

/**
 * What donors bring to domains of others, against the other donors: beside the domain's own expert where it has one,
 * since an average that counts that expert leaves nearly everybody below it. What every surface says of single effects.
 */
export function gainsOfOthers({ own, with_own, adjusted }: Synergy): SynergyMatrix {
  return adjusted.map((row, donor) =>
    row.map((gain, domain) => {
      if (own[domain] === null) return gain;
      return own[domain] === donor ? null : (with_own[donor]?.[domain] ?? null);
    }),
  );
}

/** Those that are a discovery, most helpful first. */
export function sureGains(synergy: Synergy): readonly DonorGain[] {
  return gainsOfOthers(synergy)
    .flatMap((row, donor) =>
      row.flatMap((gain, domain): DonorGain[] => (gain?.discovered ? [{ donor, domain, gain }] : [])),
    )
    .sort((a, b) => b.gain.value - a.gain.value);
}
