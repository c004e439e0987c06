/** What is known not to reach its gate, and why: said in docs/simulations.md, never left out. */
import type { Row } from './tally.ts';

export interface KnownMiss extends Pick<Row, 'design' | 'quantity'> {
  readonly why: string;
}

export const KNOWN_MISSES: readonly KnownMiss[] = [
  {
    design: 'permutations 10, noisy samples',
    quantity: 'chosen subset − typical, cross-fitted',
    why: 'Fifteen noisy samples a domain do not tell the subsets apart: another part of them chooses another subset, and the interval does not count that. The estimate has no bias.',
  },
  {
    design: 'permutations 10, noisy samples',
    quantity: 'chosen subset behind the best size',
    why: 'Which size is best is chosen on the same samples, and with so few of them it is best by luck: others look further behind than they are, as the bias shows. No size is called surely better for it.',
  },
];

export function knownMiss({ design, quantity }: Pick<Row, 'design' | 'quantity'>): KnownMiss | null {
  return KNOWN_MISSES.find((miss) => miss.design === design && miss.quantity === quantity) ?? null;
}
