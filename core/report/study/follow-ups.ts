/** Predicted, then measured, then recommended: what is to be merged next, because it may beat what was. */
import type { MergeRequest } from '../../design/merge-request.ts';
import type { Cell, Report } from '../report.ts';
import { namedWeights } from './merge-weights.ts';
import type { CellStudy } from './study.ts';

/** Of one cell, lowest predicted loss first. */
export function followUpsOf(
  { size, method }: Pick<Cell, 'size' | 'method'>,
  study: CellStudy | null,
  pool: readonly string[],
): readonly MergeRequest[] {
  const predicted = study?.predicted;
  if (predicted?.kind !== 'predicted') return [];
  const subsets = predicted.proposal
    .filter(({ verify }) => verify)
    .map(({ members }): MergeRequest => {
      return { purpose: 'verify', size, method, subset: members.map((i) => pool[i] ?? '') };
    });
  const { weights } = predicted;
  if (!weights?.verify) return subsets;
  return [...subsets, { purpose: 'verify', size, weights: namedWeights({ pool }, weights.weights) }];
}

/** Why a report proposes none. */
export function whyNoFollowUps({ study, headline }: Report): string {
  const predicted = study?.cells[headline.cell ?? -1]?.predicted;
  if (!study || headline.cell === null) return 'The numbers are not complete yet.';
  if (!predicted) return 'Only averages and task arithmetic are foretold.';
  if (predicted.kind === 'refused') return predicted.problem.message;
  return predicted.proposal.length === 0
    ? 'Every subset that the sweep asks for is measured.'
    : 'No subset is foretold to beat the best one measured of its size.';
}
