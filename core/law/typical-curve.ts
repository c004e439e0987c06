import type { Choice } from './form-choice.ts';
import { parametersOf, predict } from './least-squares.ts';
import type { TypicalCurve } from './rules.ts';
import { isComplete, lossesOverPool, type UsablePoints } from './usable-points.ts';
import { at } from './whitening.ts';

/** Losses over k = 1..M: measured where all of them are, else from the law; null where neither is to be had. */
export function typicalCurve(
  points: UsablePoints,
  choice: Choice,
  chosenBeatsBase: boolean | null,
): TypicalCurve | null {
  const { k, y, from, base } = points;
  const law = choice.used?.estimate.fit ?? null;
  const parameters = law && parametersOf(law);
  const floor = parameters && choice.name !== 'flat' ? (parameters['Linf'] ?? null) : null;
  const shared = { base, floor, chosenBeatsBase };
  if (isComplete(points)) return { losses: lossesOverPool(points, (kk) => at(y, kk - from)), ...shared };
  if (!law || k.length < 3) return null;
  return { losses: lossesOverPool(points, (kk) => predict(law, kk)), ...shared };
}
