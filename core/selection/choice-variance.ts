import { studentPoint } from '../law/student.ts';
import type { Variance } from './estimated.ts';

/**
 * What a choice among several that the samples cannot tell apart adds to the variance, nats², of what is said of the
 * chosen one: other samples would choose another, and the parts of a cross-fitted loss hang together, since the samples
 * of each fold choose for the others. With it a 95% interval is as wide as those of all of them that hold at once
 * (Bonferroni).
 *
 * @param among how many there are, the chosen one included
 * @param own against what the choice does not move, from evaluation samples
 */
export function choiceVariance(among: number, { variance, freedom }: Variance): number {
  if (among <= 1 || variance === 0 || !(freedom > 0)) return 0;
  const wider = studentPoint(freedom, 0.05 / among) / studentPoint(freedom, 0.05);
  return variance * (wider ** 2 - 1);
}
