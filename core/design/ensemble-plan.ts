/** The plan of an ensemble: every model once, as it is; then what was asked for. */
import type { Ensemble } from '../experiment/ensemble/ensemble.ts';
import { canonicalJson } from '../store/canonical.ts';
import type {
  AverageLine,
  EnsemblePlan,
  EnsemblePlanHeader,
  ModelLine,
  PlanMember,
  PreparedEnsemble,
  PreparedMember,
} from '../store/ensemble/format.ts';
import { SCORER, STORE_FORMAT } from '../store/format.ts';
import { averageKey, mergeKey } from '../store/keys.ts';

/** @param averages Lines of other plans too: those whose models are not these any more are left out. */
export function planEnsemble(
  { models }: Pick<Ensemble, 'models'>,
  prepared: Pick<PreparedEnsemble, 'models'>,
  averages: readonly AverageLine[] = [],
): Pick<EnsemblePlan, 'header' | 'lines'> {
  const members = [...models.keys()].map((name): [string, PlanMember] => {
    const member = prepared.models[name];
    if (!member) throw new TypeError(`The model ${name} was not prepared.`);
    return [name, planMember(member)];
  });
  const header: EnsemblePlanHeader = {
    format: STORE_FORMAT,
    scorer: SCORER,
    kind: 'ensemble',
    models: Object.fromEntries(members),
  };
  const asked = averages.flatMap(({ key, average }) => {
    const line = averageLine(header, average);
    return line?.key === key ? [line] : [];
  });
  return {
    header,
    lines: [
      ...members.map(([model, member]): ModelLine => ({ key: keyOf(member), model })),
      ...[...new Map(asked.map((line) => [line.key, line])).values()].sort(byCount),
    ],
  };
}

/** Whichever plan they come from, so that the same lines have one id. */
function byCount(one: AverageLine, other: AverageLine): number {
  return one.average.length - other.average.length || (one.key < other.key ? -1 : 1);
}

/** In the order of the plan. Null where the models do not share their tokens, or are not of it: there is no mean of their logits. */
export function averageLine(
  { models }: Pick<EnsemblePlanHeader, 'models'>,
  average: readonly string[],
): AverageLine | null {
  const members = average.flatMap((name) => models[name] ?? []);
  const sets = new Set(members.map(({ evaluations }) => canonicalJson(evaluations)));
  if (members.length < 2 || members.length < average.length || sets.size > 1) return null;
  return { key: averageKey(members), average: Object.keys(models).filter((name) => average.includes(name)) };
}

/** That of the model as the base of a merge: scores are shared wherever the evaluation set is the same. */
function keyOf({ fingerprint, dtype }: PlanMember): ModelLine['key'] {
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
