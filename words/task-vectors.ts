/** Task vectors in words: the same on the terminal, in the editor and on the dashboard. */
import type { TaskVectors } from '../core/geometry/task-vectors.ts';
import { count, loss, NONE, percent, significant } from './numbers.ts';

/** ‖v‖/‖θ0‖, of which a few percent are usual. */
export function normText(norm: number | null): string {
  return norm === null ? NONE : significant(norm, 3);
}

/** Two decimals; more where it is so close to 1 that they would hide the difference. */
export function cosineText(cosine: number | null): string {
  if (cosine === null) return NONE;
  return loss(cosine, Math.abs(cosine) > 0.98 && Math.abs(cosine) < 1 ? 4 : 2);
}

/** Whole percents, and more digits of what is close to none or to all. */
export function shareText(share: number | null): string {
  if (share === null) return NONE;
  if (share > 0 && share < 0.001) return 'below 0.1%';
  if (share < 1 && share > 0.999) return 'above 99.9%';
  return percent(share < 0.1 || share > 0.9 ? Number(share.toFixed(3)) : Number(share.toFixed(2)));
}

/** What the numbers rest on. */
export function restsOn({ coordinates, sampled }: TaskVectors): string {
  if (sampled >= coordinates) return `Over all ${count(coordinates)} parameters.`;
  return `Over ${count(sampled)} of ${count(coordinates)} parameters (${percent(sampled / coordinates)}), evenly spaced.`;
}
