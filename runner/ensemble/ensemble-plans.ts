/** Plans of ensembles in a store. */
import type { Ensemble } from '../../core/experiment/ensemble/ensemble.ts';
import { isLocalFolder } from '../../core/experiment/local-folder.ts';
import { type AverageLine, type EnsemblePlan, isAverageLine } from '../../core/store/ensemble/format.ts';
import { isEnsemblePlan, parseEnsemblePlan } from '../../core/store/ensemble/plan-file.ts';
import type { PlanId } from '../../core/store/format.ts';
import { planIds, readPlanText } from '../plan-files.ts';

export function readEnsemblePlan(store: string, id: PlanId): EnsemblePlan {
  return parseEnsemblePlan(id, readPlanText(store, id));
}

/** For when the models are not at hand: the newest plan of the same models, by name and source, and the same domains. */
export function findEnsemblePlan(store: string, ensemble: Ensemble): EnsemblePlan | null {
  for (const id of planIds(store)) {
    const plan = readIfGood(store, id);
    if (plan && answers(plan, ensemble)) return plan;
  }
  return null;
}

/** What was asked for of any ensemble of the store, so that it outlives an edit of its file. */
export function carriedAverages(store: string): readonly AverageLine[] {
  return planIds(store).flatMap((id) => readIfGood(store, id)?.lines.filter(isAverageLine) ?? []);
}

/** Null for plans of merges. A plan never changes, and reading one is checking all of it. */
const remembered = new Map<string, EnsemblePlan | null>();

function readIfGood(store: string, id: PlanId): EnsemblePlan | null {
  const name = `${store}\n${id}`;
  const known = remembered.get(name);
  if (known !== undefined) return known;
  try {
    const text = readPlanText(store, id);
    const plan = isEnsemblePlan(text) ? parseEnsemblePlan(id, text) : null;
    remembered.set(name, plan);
    return plan;
  } catch {
    // Damaged, or not all there yet.
    return null;
  }
}

function answers({ header }: EnsemblePlan, { models, evaluation }: Ensemble): boolean {
  const planned = Object.entries(header.models);
  const domains = JSON.stringify([...evaluation.domains.keys()]);
  return (
    planned.length === models.size &&
    planned.every(
      ([name, { source, evaluations }]) =>
        unpinned(source) === unpinned(models.get(name)?.source ?? '') &&
        JSON.stringify(Object.keys(evaluations)) === domains,
    )
  );
}

/** A plan pins the commits of models from the hub. */
function unpinned(source: string): string {
  return isLocalFolder(source) ? source : source.replace(/@[^@/]*$/, '');
}
