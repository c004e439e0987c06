import { fisherTail } from './student.ts';
import type { UsablePoints } from './usable-points.ts';
import { at } from './whitening.ts';

/**
 * Probability of losses at least as different as these if the curve were flat, where `squares` is their weighted sum of
 * squares around the best constant. Errors from the same samples: Hotelling's T². Otherwise Welch's (1951) analysis of
 * variance, with equal weights in its correction. Both are χ² when the errors are well known.
 */
export function flatnessTail(points: UsablePoints, squares: number): number {
  const { k, df, correlated } = points;
  const size = k.length;
  const differences = size - 1;
  const freedom = at(df, 0);
  const rest = freedom - differences + 1;
  if (correlated && rest > 0 && df.every((value) => value === freedom))
    return Number.isFinite(freedom)
      ? fisherTail((squares * rest) / (freedom * differences), differences, rest)
      : fisherTail(squares / differences, differences, freedom);
  const uncertainty = (1 - 1 / size) ** 2 * df.reduce((sum, value) => sum + 1 / value, 0);
  const correction = 1 + ((2 * (size - 2)) / (size * size - 1)) * uncertainty;
  return fisherTail(squares / differences / correction, differences, (size * size - 1) / (3 * uncertainty));
}
