/** What is known not to reach its gate, and why: said in docs/simulations.md, never left out. */
import type { Row } from './tally.ts';

export interface KnownMiss extends Pick<Row, 'design' | 'quantity'> {
  readonly why: string;
}

export const KNOWN_MISSES: readonly KnownMiss[] = [];

export function knownMiss({ design, quantity }: Pick<Row, 'design' | 'quantity'>): KnownMiss | null {
  return KNOWN_MISSES.find((miss) => miss.design === design && miss.quantity === quantity) ?? null;
}
