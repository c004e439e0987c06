import { unlikeModels } from '../../core/ensemble/unlike-models.ts';
import { unmetText } from '../../core/ensemble/unmet-limits.ts';
import type { Ensemble } from '../../core/experiment/ensemble/ensemble.ts';
import type { Problem } from '../../core/problem.ts';
import type { PreparedMember } from '../../core/store/ensemble/format.ts';

/** What the file says of its models that is not so of what was found. */
export function poolProblems(
  ensemble: Pick<Ensemble, 'models' | 'pool'>,
  found: Readonly<Record<string, PreparedMember>>,
): readonly Problem[] {
  const outside = poolProblem(ensemble, found);
  return [...unlikeModels(ensemble, found), ...(outside ? [outside] : [])];
}

/** Where no model is within what `pool` sets: nothing that is scored could answer that. @param sizes by model */
export function poolProblem(
  { models, pool }: Pick<Ensemble, 'models' | 'pool'>,
  sizes: Readonly<Record<string, Pick<PreparedMember, 'parameters' | 'bytes'>>>,
): Problem | null {
  const sized = Object.entries(sizes).flatMap(([name, { parameters, bytes }]) => {
    const declared = models.get(name);
    const isInPool = declared && declared.null_of === null && declared.merge_of === null;
    return isInPool ? [{ name, parameters: { total: parameters }, servingBytes: bytes }] : [];
  });
  const message = unmetText({ k: pool.k, parameters: pool.parameters, memory: pool.memory_bytes }, sized);
  if (message === null) return null;
  return { code: 'no_pool_within_limit', message, fix: 'Raise the limits of `pool`, or leave them out.' };
}
