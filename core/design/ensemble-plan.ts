/** The plan of an ensemble: every model once, as it is. */
import type { Ensemble } from '../experiment/ensemble/ensemble.ts';
import type {
  EnsemblePlan,
  EnsemblePlanLine,
  PlanMember,
  PreparedEnsemble,
  PreparedMember,
} from '../store/ensemble/format.ts';
import { SCORER, STORE_FORMAT } from '../store/format.ts';
import { mergeKey } from '../store/keys.ts';

export function planEnsemble(
  { models }: Pick<Ensemble, 'models'>,
  prepared: Pick<PreparedEnsemble, 'models'>,
): Pick<EnsemblePlan, 'header' | 'lines'> {
  const members = [...models.keys()].map((name): [string, PlanMember] => {
    const member = prepared.models[name];
    if (!member) throw new TypeError(`The model ${name} was not prepared.`);
    return [name, planMember(member)];
  });
  return {
    header: {
      format: STORE_FORMAT,
      scorer: SCORER,
      kind: 'ensemble',
      models: Object.fromEntries(members),
    },
    lines: members.map(([model, member]): EnsemblePlanLine => ({ key: keyOf(member), model })),
  };
}

/** That of the model as the base of a merge: scores are shared wherever the evaluation set is the same. */
function keyOf({ fingerprint, dtype }: PlanMember): EnsemblePlanLine['key'] {
  return mergeKey({ base: fingerprint, experts: [], method: null, seed: null, embeddings: 'exact', dtype });
}

function planMember({
  stored_dtype: _,
  architecture: __,
  dtype_reason: ___,
  ...member
}: PreparedMember): PlanMember {
  return member;
}
