import { plain } from '../../words/plain.ts';
import { bytes, countedParameters } from '../../words/units.ts';
import type { Warning } from '../law/curve.ts';
import { type Costs, costsOf, fits, type Sized, setLimits, UNLIMITED } from './limits.ts';
import type { EnsembleInput, EnsembleModel, PoolGoal } from './types.ts';

/** Where no model of the pool is within the file's limits: which one no model keeps, and how far off the smallest is. */
export function unmetLimits({ goal, models }: Pick<EnsembleInput, 'goal' | 'models'>): Warning[] {
  const pool = models.filter(({ nullOf, mergeOf }) => nullOf === null && !mergeOf);
  const message = unmetText(goal, pool);
  return message === null ? [] : [{ code: 'no_pool_within_limit', message }];
}

/** Null where some model is within all limits. */
export function unmetText(
  goal: PoolGoal,
  pool: readonly (Sized & Pick<EnsembleModel, 'name'>)[],
): string | null {
  const costs = pool.map((model) => ({ name: model.name, ...costsOf(model) }));
  if (costs.some((cost) => fits(cost, goal))) return null;
  const smallest = (['parameters', 'memory'] as const)
    .filter(
      (name) =>
        goal[name] !== null && costs.every((cost) => !fits(cost, { ...UNLIMITED, [name]: goal[name] })),
    )
    .map((name) => {
      const least = costs.reduce((a, b) => (b[name] < a[name] ? b : a));
      return `the smallest, ${plain(least.name, 40)}, takes ${amount(name, least[name])}`;
    });
  const limits = setLimits(goal).map((name) => amount(name, goal[name] ?? 0));
  return `No model is within the limits that \`pool\` sets (${limits.join(', ')})${smallest.length > 0 ? `: ${smallest.join(', ')}` : ''}.`;
}

function amount(name: keyof Costs, value: number): string {
  if (name === 'k') return `k = ${value}`;
  return name === 'memory' ? bytes(value) : countedParameters(value);
}
