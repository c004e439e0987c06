import { problemOf } from '../../../core/problem.ts';
import type { FaultWorld } from './fault-world.ts';

/** From 0 to 1, as `Math.random`; seeded. */
export type Chance = () => number;

/** Does it amid a run, and returns when its mark was seen and it is over. */
export type Fault = (world: FaultWorld, chance: Chance) => Promise<void>;

/** The code of what is told; empty where nothing is. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => '',
    (error: unknown) => problemOf(error).code,
  );
}
