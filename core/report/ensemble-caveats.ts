/** What to be careful of with the models and samples of an ensemble as they are. */
import { counted } from '../../words/numbers.ts';
import { nameList } from '../../words/plain.ts';
import { bytes } from '../../words/units.ts';
import type { Warning } from '../law/curve.ts';
import { type EnsemblePlan, isModelLine } from '../store/ensemble/format.ts';
import type { EvaluationId } from '../store/format.ts';
import type { ScoredEnsemble } from './ensemble-input.ts';

/** What was cut is known of the models that could take the sample. */
export function cutSamples(
  { ensemble, plan, evaluations }: ScoredEnsemble,
  domains: readonly string[],
): Warning[] {
  const members = Object.values(plan.header.models);
  const cut = domains.reduce((sum, domain) => {
    const ids = members.flatMap(
      ({ evaluations: sets }) => evaluations.get(sets[domain] as EvaluationId)?.cut ?? [],
    );
    return sum + new Set(ids).size;
  }, 0);
  if (cut === 0) return [];
  const message = `${counted(cut, 'sample')} ${cut === 1 ? 'is' : 'are'} longer than \`max_bytes\`, ${bytes(ensemble.evaluation.max_bytes)}: what comes after is scored by no model.`;
  return [{ code: 'samples_cut', message }];
}

/** The same weights in two folders have one key. */
export function sameModels({ lines }: EnsemblePlan): Warning[] {
  const byKey = Map.groupBy(lines.filter(isModelLine), ({ key }) => key);
  return [...byKey.values()]
    .filter((same) => same.length > 1)
    .map((same) => ({
      code: 'same_model',
      message:
        `${nameList(
          same.map(({ model }) => model),
          6,
        )} are one model, bit for bit: it counts ${same.length} times in ` +
        'every mean over pools, and adds nothing to any. Name it once.',
    }));
}
