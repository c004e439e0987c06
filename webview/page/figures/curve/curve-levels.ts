/** What the curve is read against: the base, the best single expert, the floor, references, and the recommended k. */

import { interval, lossDigits } from '../../../../words/estimates.ts';
import { isFloorKnown } from '../../../../words/floor.ts';
import { loss } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import type { Scope } from '../../state/view.ts';
import type { Level, Mark } from '../figure.ts';

export function curveLevels(scope: Scope): Level[] {
  return [floor(scope), base(scope), bestExpert(scope), ...references(scope)].filter(
    (level) => level !== null,
  );
}

function floor({ curve }: Scope): Level | null {
  const value = curve?.parameters?.['Linf'];
  if (!curve || !isFloorKnown(curve) || value === undefined || !Number.isFinite(value)) return null;
  const [low, high] = curve.intervals?.['Linf'] ?? [null, null];
  return {
    id: 'floor',
    label: `Floor ${loss(value)}`,
    interval: low === null && high === null ? '' : interval([low, high], lossDigits(low, high)),
    named: true,
    value,
    ink: 'purple',
    dash: [2, 4],
    startsHidden: false,
  };
}

function base({ size, domain }: Scope): Level | null {
  const value = domain === null ? size?.base?.objective.value : size?.base?.domains[domain];
  if (value === undefined || !Number.isFinite(value)) return null;
  return {
    id: 'base',
    label: `Base ${loss(value)}`,
    interval: '',
    named: true,
    value,
    ink: 'red',
    dash: [8, 3, 2, 3],
    startsHidden: false,
  };
}

/** The one with the lowest loss of what is shown. */
export function bestExpertOf({
  report,
  size,
  domain,
}: Scope): { readonly name: string; readonly value: number } | null {
  let best: { readonly name: string; readonly value: number } | null = null;
  for (const [d, expert] of (size?.experts ?? []).entries()) {
    const value = domain === null ? expert?.objective.value : expert?.domains[domain];
    if (value === undefined || !Number.isFinite(value)) continue;
    if (best === null || value < best.value) best = { name: report.pool[d] ?? '', value };
  }
  return best;
}

function bestExpert(scope: Scope): Level | null {
  const best = bestExpertOf(scope);
  if (!best) return null;
  return {
    id: 'best-expert',
    label: `Best expert ${loss(best.value)} (${plain(best.name, 24)})`,
    interval: '',
    named: true,
    value: best.value,
    ink: 'yellow',
    dash: [10, 4],
    startsHidden: false,
  };
}

/** Measured on the objective only. */
function references({ report, domain }: Scope): Level[] {
  if (domain !== null) return [];
  return report.references.flatMap(({ name, loss: value }, i) =>
    value === null
      ? []
      : [
          {
            id: `reference-${i}`,
            label: `${plain(name, 24)} ${loss(value)}`,
            interval: '',
            named: true,
            value,
            ink: 'muted' as const,
            dash: [4, 2, 1, 2],
            startsHidden: false,
          },
        ],
  );
}

export function recommendedMark({ curve }: Scope): Mark | null {
  const recommended = curve?.recommended_k;
  if (!recommended || recommended.k < 1) return null;
  const { k, low, high } = recommended;
  return { id: 'recommended', label: `k = ${k}, taken blindly`, x: k, low, high };
}
