import type { Verdict } from '../core/ensemble/types.ts';

/** Whether the gain of a pool is more than noise, in a few words. */
export const BEYOND_NOISE: Readonly<Record<Verdict, string>> = {
  confirmed: 'in part',
  'not confirmed': 'not shown',
  'cannot tell': 'cannot tell',
};
