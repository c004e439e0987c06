/** What sharing a pool buys within a family and across, in sentences. Bits per byte. */
import type { EnsembleReport } from '../core/ensemble/types.ts';
import { estimated, moreOrLess } from './estimates.ts';
import { signed } from './numbers.ts';

export function familySentences({ diversity, study }: EnsembleReport): readonly string[] {
  const found = study?.heterogeneous ?? null;
  return [...(diversity ? pairSentences(diversity) : []), ...(found ? [savingSentence(found)] : [])];
}

type Diversity = NonNullable<EnsembleReport['diversity']>;

function pairSentences({
  within_family,
  between_families,
  difference,
  left_out,
}: Diversity): readonly string[] {
  if (within_family === null || between_families === null || !difference) return [];
  const interval = difference.low === null ? '' : ` The interval is ${meantFor(left_out)}.`;
  return [
    `A pair of one family gains ${signed(within_family)} over its better member, a pair of two families ` +
      `${signed(between_families)}: ${moreOrLess(difference)}.${interval}`,
  ];
}

/** What an interval allows for: leaving models out says nothing of other families. */
export function meantFor(leftOut: Diversity['left_out']): string {
  return leftOut === 'families'
    ? 'for other samples and other families'
    : 'for these families, other samples and other models';
}

function savingSentence({
  saving,
  left_out,
}: NonNullable<NonNullable<EnsembleReport['study']>['heterogeneous']>): string {
  return (
    `With as many models of about the same sizes, pools of several families save ${estimated(saving, signed)} over those ` +
    `of one; the interval is ${meantFor(left_out.kind)}.`
  );
}
