/** How much of all that the pool gives is there by k, as people read it. */
import type { ExpertCount, Returns } from '../core/law/returns.ts';
import { NONE, percent } from './numbers.ts';

type Return = NonNullable<Returns['curve']>[number];

/** `87% (85% to 90%)` */
export function returnText({ value, low, high }: Return): string {
  const range = low === null || high === null ? '' : ` (${share(low)} to ${share(high)})`;
  return `${share(value)}${range}`;
}

/** `Of all that typical merges gain: 80% by k = 3, 90% by k = 5 (95% interval: 4 to 5).` Empty where nothing is known. */
export function sharesSentence({ curve, shares, reason }: Returns): string {
  if (!curve) return reason === null ? '' : `How much is there by which k is not known: ${reason}.`;
  const parts = shares.map((each) => `${share(each.share)} by ${kText(each)}`);
  return `Of all that typical merges gain: ${parts.join(', ')}.`;
}

/** `Within 0.01 nats of the law's floor: k = 14.` Empty without a law. */
export function floorSentence({ to_floor }: Returns): string {
  const known = to_floor.filter(({ k }) => k !== null);
  if (known.length === 0)
    return to_floor.length > 0
      ? `No k of this pool is within ${Math.max(...to_floor.map(({ epsilon }) => epsilon))} nats of the law's floor.`
      : '';
  const parts = known.map((each) => `within ${each.epsilon} nats by ${kText(each)}`);
  return `To the law's floor: ${parts.join(', ')}.`;
}

function kText({ k, low, high }: ExpertCount): string {
  if (k === null) return 'no k of this pool';
  if (low === null) return `k = ${k}`;
  if (low === high) return `k = ${k} alone`;
  return `k = ${k} (${low} to ${high ?? 'beyond the pool'})`;
}

/** With three digits; short of all of it, never 100%. */
function share(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  const text = percent(value);
  return value < 1 && text === '100%' ? 'over 99.9%' : text;
}
