/** Shapley values, as people read them. */
import type { Shapley } from '../core/selection/shapley.ts';
import { count, counted, signed } from './numbers.ts';

/** What they are over, and what they sum to; where there are none, why. */
export function shapleySentence(shapley: Shapley): string {
  if (shapley.kind === 'missing')
    return shapley.missing === 'base'
      ? 'Shapley values begin at the base, which is not scored yet.'
      : 'Shapley values need every subset, or permutations: `sweep.subsets` has neither in full.';
  const over =
    shapley.kind === 'exact'
      ? `all ${count(shapley.orders)} orders in which the experts could join the base`
      : `${counted(shapley.orders, 'order')} of the sweep, drawn among all in which they could join the base`;
  return `The change of the loss that an expert brings, averaged over ${over}. They sum to ${signed(shapley.total, 4)}, the loss of all experts merged minus the base's: the step away from the base is in them, unlike in the effects against the average expert.`;
}
