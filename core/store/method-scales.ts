/** The same method at several scales: what a plan holds of one whose step length is tuned. */
import { canonicalJson } from './canonical.ts';
import type { PlanHeader, PlanMethod } from './format.ts';

/** The methods that the experiment names, in its order: those that have cells and labels. */
export function declaredMethods(header: Pick<PlanHeader, 'methods' | 'declared'>): readonly PlanMethod[] {
  return header.methods.slice(0, header.declared);
}

/** Which of the methods that the experiment names a method of the plan is, at whatever scale. */
export function declaredIndex(header: Pick<PlanHeader, 'methods' | 'declared'>, index: number): number {
  if (index < declaredMethods(header).length) return index;
  const spec = header.methods[index];
  const family = spec ? scaleFamily(spec) : null;
  return declaredMethods(header).findIndex((method) => scaleFamily(method) === family);
}

/** @throws TypeError for a method without a scale */
export function atScale(method: PlanMethod, scale: number): PlanMethod {
  if (!('scale' in method)) throw new TypeError(`${method.method} has no scale.`);
  return { ...method, scale };
}

/** Equal for methods that differ in their scale alone; null for one without. */
export function scaleFamily(method: PlanMethod): string | null {
  if (!('scale' in method)) return null;
  const { scale: _, ...rest } = method;
  return canonicalJson(rest);
}

/** Scales of a plan's methods, by their index, as far as they are this one at any scale. */
export function scalesOf(
  { methods }: Pick<PlanHeader, 'methods'>,
  method: PlanMethod,
): ReadonlyMap<number, number> {
  const family = scaleFamily(method);
  return new Map(
    methods.flatMap((other, index) =>
      'scale' in other && family !== null && scaleFamily(other) === family
        ? [[index, other.scale] as const]
        : [],
    ),
  );
}
