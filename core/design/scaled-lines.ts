import { canonicalJson } from '../store/canonical.ts';
import type { PlanHeader, PlanLine, PlanMethod, Purpose } from '../store/format.ts';
import { atScale, declaredMethods } from '../store/method-scales.ts';
import { makeLine } from './plan-line.ts';
import type { Sweep } from './sweep.ts';

/** A merge by one of a plan's methods, at another scale. */
export interface ScaledMerge extends Pick<PlanLine, 'size' | 'subset' | 'seed'> {
  readonly method: PlanMethod;
  readonly scale: number;
}

/**
 * The plan with these merges, behind its anchors or behind everything. Each scale is a method of its own, listed behind
 * those that the experiment names; what the plan has already gets the purpose too, and is not there twice.
 */
export function withScaled(
  plan: Sweep,
  merges: readonly ScaledMerge[],
  purpose: Purpose,
  place: 'first' | 'last',
): Sweep {
  const header = withMethods(
    plan.header,
    merges.map(({ method, scale }) => atScale(method, scale)),
  );
  const indices = new Map(header.methods.map((method, index) => [canonicalJson(method), index]));
  const wanted = new Map(
    merges.map(({ size, subset, seed, method, scale }) => {
      const index = indices.get(canonicalJson(atScale(method, scale))) ?? null;
      const line = makeLine(header, { size, method: index, subset, seed }, [purpose], 0);
      return [line.key, line] as const;
    }),
  );
  const lines = plan.lines.map((line) => {
    const isWanted = wanted.delete(line.key) && !line.purpose.includes(purpose);
    return isWanted ? { ...line, purpose: [...line.purpose, purpose] } : line;
  });
  const anchors = lines.findIndex((line) => !line.purpose.includes('anchor'));
  lines.splice(place === 'last' || anchors === -1 ? lines.length : anchors, 0, ...wanted.values());
  return { header, lines };
}

function withMethods(header: PlanHeader, methods: readonly PlanMethod[]): PlanHeader {
  const known = new Set(header.methods.map(canonicalJson));
  const added = new Map(methods.map((method) => [canonicalJson(method), method]));
  return {
    ...header,
    methods: [
      ...header.methods,
      ...[...added].filter(([name]) => !known.has(name)).map(([, method]) => method),
    ],
    declared: declaredMethods(header).length,
  };
}
