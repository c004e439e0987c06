/** The names of merges: a key is a hash of everything that determines a merge's parameters and how they are scored. */
import type { Method, Scale } from '../experiment/experiment.ts';
import { digest } from './canonical.ts';
import { type Dtype, type Fingerprint, type MergeKey, type PlanMethod, SCORER } from './format.ts';

export interface MergeIdentity {
  readonly base: Fingerprint;
  /** In pool order; empty for the unmerged base. */
  readonly experts: readonly Fingerprint[];
  /** θ0 + Σ w·v, in the order of `experts`; `method` is then null. */
  readonly weights?: readonly number[];
  /** Null for an unmerged model. */
  readonly method: PlanMethod | null;
  /** Null unless the method is random. */
  readonly seed: number | null;
  readonly embeddings: 'exact' | 'common_rows';
  readonly dtype: Dtype;
}

/** Whether two merges of the same subset can differ, by their seed. */
export function isRandom(method: Pick<PlanMethod, 'method'> | null): boolean {
  return method?.method === 'dare' || method?.method === 'dare_ties';
}

/**
 * The key of one merge. Experts are sorted, since a merge accumulates in that order whatever the file says; only
 * with `compatibility: mergekit` does the order of the file decide the parameters, and so the key.
 */
export function mergeKey(merge: MergeIdentity): MergeKey {
  const { base, experts, weights, embeddings, dtype } = merge;
  const ordered = merge.method?.compatibility === 'mergekit';
  const order = experts.map((_, i) => i);
  if (!ordered) order.sort((a, b) => ((experts[a] ?? '') < (experts[b] ?? '') ? -1 : 1));
  return digest({
    v: 1,
    base,
    experts: order.map((i) => experts[i]),
    ...(weights ? { weights: order.map((i) => weights[i]) } : {}),
    method: merge.method === null ? null : methodInKey(merge.method, merge.seed),
    embeddings,
    dtype,
    scorer: SCORER,
  }) as MergeKey;
}

/** The key of models as one predictor, their logits averaged: the order of its members does not matter. */
export function averageKey(
  members: readonly { readonly fingerprint: Fingerprint; readonly dtype: Dtype }[],
): MergeKey {
  const averaged_logits = members
    .map(({ fingerprint, dtype }) => ({ fingerprint, dtype }))
    .sort((a, b) => (`${a.fingerprint} ${a.dtype}` < `${b.fingerprint} ${b.dtype}` ? -1 : 1));
  return digest({ v: 1, averaged_logits, scorer: SCORER }) as MergeKey;
}

/** Only the fields that the formats name, so that a stray one can never split a key. */
function methodInKey(method: PlanMethod, seed: number | null): Record<string, unknown> {
  if (isRandom(method) !== (seed !== null)) {
    throw new TypeError(`A seed belongs to random methods, and only to them (${method.method}).`);
  }
  switch (method.method) {
    case 'average':
      return { method: method.method, compatibility: method.compatibility };
    case 'task_arithmetic':
      return {
        method: method.method,
        scale: method.scale,
        normalize: method.normalize,
        compatibility: method.compatibility,
      };
    case 'ties':
      return {
        method: method.method,
        scale: method.scale,
        density: method.density,
        trim_scope: method.trim_scope,
        compatibility: method.compatibility,
      };
    case 'dare':
      return {
        method: method.method,
        drop_rate: method.drop_rate,
        compatibility: method.compatibility,
        seed,
      };
    case 'dare_ties':
      return {
        method: method.method,
        drop_rate: method.drop_rate,
        scale: method.scale,
        compatibility: method.compatibility,
        seed,
      };
  }
}

/** A method as a plan lists it: its seeds become merges of their own, and so does each scale of a tuned one. */
export function planMethod(method: Method): PlanMethod {
  switch (method.method) {
    case 'average':
      return method;
    case 'task_arithmetic':
    case 'ties':
      return { ...method, scale: plannedScale(method.scale) };
    case 'dare': {
      const { seeds: _, ...rest } = method;
      return rest;
    }
    case 'dare_ties': {
      const { seeds: _, ...rest } = method;
      return { ...rest, scale: plannedScale(rest.scale) };
    }
  }
}

function plannedScale(scale: Scale): number {
  return scale === 'tuned' ? 1 : scale;
}

/** Seeds that a method is merged with; `[null]` where it is not random. */
export function seedsOf(method: Method): readonly (number | null)[] {
  return 'seeds' in method ? method.seeds : [null];
}
