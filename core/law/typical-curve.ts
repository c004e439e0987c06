import type { Choice } from './form-choice.ts';
import { parametersOf, predict } from './least-squares.ts';
import type { TypicalCurve } from './rules.ts';
import type { UsablePoints } from './usable-points.ts';

/** Losses over k = 1..M: measured where all of them are, else from the law; null where neither is to be had. */
export function typicalCurve(
  points: UsablePoints,
  choice: Choice,
  chosenBeatsBase: boolean | null,
): TypicalCurve | null {
  const { k, y, pool, base } = points;
  const law = choice.used?.estimate.fit ?? null;
  const parameters = law && parametersOf(law);
  const floor = parameters && choice.name !== 'flat' ? (parameters['Linf'] ?? null) : null;
  if (k.length === pool) return { losses: y, base, floor, chosenBeatsBase };
  if (!law || k.length < 3) return null;
  return {
    losses: Float64Array.from({ length: pool }, (_, i) => predict(law, i + 1)),
    base,
    floor,
    chosenBeatsBase,
  };
}
