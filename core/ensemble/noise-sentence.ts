import { interval } from '../../words/estimates.ts';
import { loss } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import type { Estimated } from '../selection/estimated.ts';
import type { Controls, OraclePoint, Verdict } from './types.ts';

/** From this share on, what is left beside noise is not worth the name. */
const MOSTLY_NOISE = 0.9;

/**
 * Only real nulls and models chosen by domain can show that there is more: the benchmark depends on its bins, and
 * understates independent noise where models are few. What it can show is that such noise would be enough.
 */
export function beyondNoise({ nulls, independence, routed }: Controls): Verdict {
  if (routed.gain.low !== null && routed.gain.low > 0) return 'confirmed';
  const real = nulls.flatMap(({ share }) => (share ? [share] : []));
  if (real.length > 0 && real.every(({ high }) => high !== null && high < 1)) return 'confirmed';
  const shares = real.length > 0 ? real : independence ? [independence.share] : [];
  return shares.some(({ low }) => low !== null && low >= MOSTLY_NOISE) ? 'not confirmed' : 'cannot tell';
}

/** Draws no conclusion before intervals are there. @param whole the gain of all models together */
export function noiseSentence(
  whole: Pick<OraclePoint, 'k' | 'gain'>,
  controls: Controls,
  verdict: Verdict,
): string {
  const { independence, nulls, routed } = controls;
  if (!independence) return 'The oracle gains nothing over the best single model.';
  const parts = [
    `Choosing the best of ${whole.k} models for each sample gains ${worth(whole.gain.value)} over the best single one. ` +
      `Independent noise of the same size would give ${worth(independence.gain)}, ${shareOf(independence.share)} of it.`,
  ];
  for (const { model, k, gain, share } of nulls)
    parts.push(
      `The ${k} versions of ${plain(model)} gain ${worth(gain.value)} by noise alone` +
        (share ? `, ${shareOf(share)} of what ${k} different models gain.` : '.'),
    );
  if (independence.share.high === null) return parts.join(' ');
  parts.push(CONCLUSIONS[verdict]);
  if (verdict === 'cannot tell' && nulls.length === 0)
    parts.push('Reseeds or quantisations of one model, declared as such, would.');
  if (routed.gain.low !== null && routed.gain.low > 0)
    parts.push(
      `Choosing the model by domain keeps ${worth(routed.gain.value)} on other samples, which noise cannot.`,
    );
  return parts.join(' ');
}

const CONCLUSIONS: Readonly<Record<Verdict, string>> = {
  confirmed: 'So part of the gain is more than noise.',
  'not confirmed': 'So nothing here shows that the models know different things.',
  'cannot tell': 'This does not tell whether any of the gain is more than noise.',
};

function worth(value: number): string {
  return `${loss(value, 4)} bits per byte`;
}

function shareOf({ value, low, high }: Estimated): string {
  const whole = (share: number) => `${Math.round(100 * share)}%`;
  return low === null || high === null
    ? whole(value)
    : `${whole(value)} (95% interval ${interval([low, high], 0, whole)})`;
}
