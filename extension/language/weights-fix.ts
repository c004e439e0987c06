import { isDeepStrictEqual } from 'node:util';
import { namedWeights } from '../../core/report/study/merge-weights.ts';
import { loss } from '../../words/numbers.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { change, type QuickFix } from './quick-fix.ts';
import { headlineCell, headlineStudy } from './report-cells.ts';
import { type Assignment, yamlEdits } from './yaml-edit.ts';

/** Fills `merge:` with the best weights that were merged, or are foretold to beat whatever was. */
export function weightsFix({ state, parsed, text }: EditedExperiment): QuickFix[] {
  const { report, stale } = state ?? {};
  const { experiment } = parsed;
  const cell = report ? headlineCell(report) : null;
  const predicted = report ? headlineStudy(report)?.predicted : null;
  if (!report || stale || !experiment || !cell || predicted?.kind !== 'predicted') return [];
  const [measured] = predicted.measured_weights;
  const best = predicted.weights?.verify ? predicted.weights : measured;
  if (!best || best.gain.value <= 0) return [];
  const weights = namedWeights(report, best.weights);
  if (!Object.keys(weights).every((name) => experiment.pool.includes(name))) return [];
  const { merge } = experiment;
  const size = experiment.sizes.some(({ name }) => name === 'default') ? null : cell.size;
  const written = merge?.weights ? Object.fromEntries(merge.weights) : null;
  if (merge?.size === size && isDeepStrictEqual(written, weights)) return [];
  const assignments: Assignment[] = [
    ...(size === null ? [] : [{ section: 'merge', key: 'size', value: size }]),
    { section: 'merge', key: 'weights', value: weights, instead: 'subset' },
    ...(merge?.out ? [] : [{ section: 'merge', key: 'out', value: './merged' }]),
  ];
  const known = best === measured ? 'measured' : 'predicted';
  const title = `Set merge to the best weights, ${known} loss ${loss(best.loss.value)}`;
  return change(title, yamlEdits(text, assignments));
}
