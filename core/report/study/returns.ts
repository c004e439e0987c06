import { type Returns, returnsOf } from '../../law/returns.ts';
import { leaveOneOut } from '../../selection/leave-one-out.ts';
import { typicalPoints } from '../../selection/typical.ts';
import type { MadeCell } from '../against-best.ts';
import { withAssistance } from '../assisted-typical.ts';
import type { Context } from '../context.ts';
import { lawOptions } from '../curves.ts';

/** Of the objective: each replicate of its curve is fitted again, which all domains together would wait too long for. @throws Cancelled */
export function makeReturns(
  context: Context,
  { allowed, assisted, data: [curve] }: MadeCell,
): Returns | null {
  if (!curve) return null;
  const { input, samples, weights, required } = context;
  const pool = input.plan.header.pool.length;
  const left =
    input.experiment.goals.interval === 'population'
      ? leaveOneOut(
          withAssistance(typicalPoints(allowed, pool, samples, required.length), assisted),
          allowed,
          pool,
          weights,
          required,
        )
      : null;
  return returnsOf(curve, lawOptions(context, left));
}
