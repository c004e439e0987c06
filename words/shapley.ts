/** Shapley values, as people read them. */
import type { Shapley } from '../core/selection/shapley.ts';
import { count, counted, signed } from './numbers.ts';

/** What they are over, and what they sum to; where there are none, why. */
export function shapleySentence(shapley: Shapley): string {
  if (shapley.kind === 'missing')
    return shapley.missing === 'base'
      ? 'Shapley values begin at the base, which is not scored yet.'
      : 'Shapley values need merges of every size, and enough of them to tell the experts apart: those that are measured are too few.';
  const from = shapley.kind === 'exact' ? '' : `, estimated from ${counted(shapley.subsets, 'subset')}`;
  return `The change of the loss that an expert brings, averaged over all ${count(shapley.orders)} orders in which the experts could join the base${from}. They sum to ${signed(shapley.total, 4)}, the loss of all experts merged minus the base's: the step away from the base is in them, unlike in the effects against the average expert.`;
}
