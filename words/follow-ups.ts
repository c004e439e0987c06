/** Merges that would tell whether what is foretold is better than what is measured, as people read them. */
import type { MergeRequest } from '../core/design/merge-request.ts';
import { counted } from './numbers.ts';

/** `5 subsets and the best weights`; empty without any. */
export function followUpsText(requests: readonly MergeRequest[]): string {
  const subsets = requests.filter((request) => 'subset' in request).length;
  return [subsets > 0 ? counted(subsets, 'subset') : '', requests.length > subsets ? 'the best weights' : '']
    .filter(Boolean)
    .join(' and ');
}
