/** Plans of ensembles in a store. */
import type { Ensemble } from '../../core/experiment/ensemble/ensemble.ts';
import { isLocalFolder } from '../../core/experiment/local-folder.ts';
import type { EnsemblePlan } from '../../core/store/ensemble/format.ts';
import { parseEnsemblePlan } from '../../core/store/ensemble/plan-file.ts';
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

function readIfGood(store: string, id: PlanId): EnsemblePlan | null {
  try {
    return readEnsemblePlan(store, id);
  } catch {
    // Damaged, or of merges.
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
