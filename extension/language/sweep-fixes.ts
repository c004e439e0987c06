import { subsetCount } from '../../core/experiment/combinations.ts';
import type { Experiment } from '../../core/experiment/experiment.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { change, type QuickFix } from './quick-fix.ts';
import { yamlEdits } from './yaml-edit.ts';

/** Warnings of a law that more k would answer. */
const MORE_K = ['too_few_k', 'floor_not_identified', 'flat_does_as_well'];

/** With fewer subsets there is little to save. */
const MANY_SUBSETS = 100;

/** Changes of `sweep.k`: to the recommended k, to hold it, or to all of the pool's; and of `sweep.subsets`. */
export function sweepFixes(edited: EditedExperiment): QuickFix[] {
  const { experiment } = edited.parsed;
  if (!experiment) return [];
  const { k } = experiment.sweep;
  const last = experiment.pool.length;
  const recommended = edited.state?.report?.headline.recommended_k?.k ?? 0;
  const set = (value: number | string) => yamlEdits(edited.text, [{ section: 'sweep', key: 'k', value }]);
  const isMissing = recommended >= 1 && recommended <= last && !k.includes(recommended);
  const isOnly = k.length === 1 && k[0] === recommended;
  return [
    ...(k.length < last
      ? change(`Add the missing k to the sweep: 1..${last}`, set(`1..${last}`), MORE_K)
      : []),
    ...(isMissing
      ? change(
          `Add k = ${recommended}, the recommended one, to the sweep`,
          setList(edited, [...k, recommended]),
        )
      : []),
    ...untilKnown(edited, experiment),
    ...(recommended >= 1 && !isOnly
      ? change(`Set k to ${recommended}, the recommended one: nothing else is merged`, set(recommended))
      : []),
  ];
}

/** Instead of all subsets, as many as the goal needs. */
function untilKnown(edited: EditedExperiment, { pool, sweep, goals }: Experiment): QuickFix[] {
  if (sweep.subsets.kind !== 'all' || subsetCount(pool.length, sweep.k) < MANY_SUBSETS) return [];
  const precision = goals.goal.rule === 'within' && goals.goal.value > 0 ? goals.goal.value : 0.01;
  return change(
    `Merge random subsets only until each mean is known to ±${precision} nats`,
    yamlEdits(edited.text, [{ section: 'sweep', key: 'subsets', value: { precision } }]),
  );
}

/** As a range where the numbers are one. */
function setList(edited: EditedExperiment, numbers: readonly number[]): ReturnType<typeof yamlEdits> {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [first = 1] = sorted;
  const last = sorted.at(-1) ?? first;
  const value = last - first === sorted.length - 1 ? `${first}..${last}` : sorted;
  return yamlEdits(edited.text, [{ section: 'sweep', key: 'k', value }]);
}
