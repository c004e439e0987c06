/** A method beside the best one of its size, in a table. */
import type { Cell, Report } from '../core/report/report.ts';
import { estimated } from './estimates.ts';
import { signed } from './numbers.ts';

/**
 * `+0.0106 (+0.0090 to +0.0122)`, with its k where that is not recommended for the best, and said where the curves beside it are
 * not of such means; empty where nothing is compared.
 */
export function againstBestText({ cells }: Report, { rank, size, against_best, typical }: Cell): string {
  const at = against_best?.at;
  if (!at) return rank === 1 && !against_best ? 'best' : '';
  const best = cells.find((cell) => cell.size === size && cell.method === against_best.method);
  const isUsual = best?.curves[0]?.recommended_k?.k === at.k;
  const isAssisted = [typical, best?.typical].some((each) => each?.means === 'assisted');
  const isOther = isAssisted && at.means === 'plain' && at.subsets < at.of;
  return [
    estimated(at.difference, signed),
    isUsual ? '' : ` at k = ${at.k}`,
    isOther ? ', plain means of both' : '',
  ].join('');
}
