/** How often the 95% intervals of a law over sizes hold the truth, counted over seeded replicates. */
import type { Interval } from '../../../core/law/curve.ts';
import { seededRandom } from '../../../core/law/random.ts';
import { fitSizes } from '../../../core/law/sizes/fit-sizes.ts';
import { PARAMETERS } from '../../../core/law/sizes/parameters.ts';
import { type SizesDesign, simulateSizes, trueJoint } from './designs.ts';

export interface SizesCoverage {
  readonly quantity: string;
  readonly covered: number;
  readonly of: number;
  /** Median width; Infinity where half of them have no limit. */
  readonly width: number;
}

/** Parameters, floors and tails by size, the shared offset, and the loss of one size that is not measured. */
export function sizesCoverage(design: SizesDesign, replicates: number): SizesCoverage[] {
  const random = seededRandom(design.seed);
  const rows = new Map<string, { covered: number; widths: number[] }>();
  const count = (quantity: string, truth: number, [low, high]: Interval) => {
    const row = rows.get(quantity) ?? { covered: 0, widths: [] };
    if ((low === null || low <= truth) && (high === null || truth <= high)) row.covered++;
    row.widths.push(low === null || high === null ? Number.POSITIVE_INFINITY : high - low);
    rows.set(quantity, row);
  };
  const { truth } = design;
  const beyond = 2 * (design.sizes.at(-1) ?? 1);
  for (let r = 0; r < replicates; r++) {
    const law = fitSizes(simulateSizes(design, random), {
      stage: 'complete',
      seed: design.seed + r,
      forecast: { N: [beyond], k: [] },
    });
    for (const name of PARAMETERS)
      count(name, truth[name], law.intervals?.[name] ?? [Number.NaN, Number.NaN]);
    const { by_size } = law;
    if (by_size) count('shared b', truth.b, [by_size.b_low, by_size.b_high]);
    for (const { N, floor, tail } of by_size?.sizes ?? []) {
      count('floors', truth.Lstar + truth.B * N ** -truth.beta, [floor.low, floor.high]);
      count('tails', truth.A0 * N ** -truth.gamma, [tail.low, tail.high]);
    }
    for (const { N, k, low, high } of law.forecast.filter((row) => row.N === beyond))
      count('loss at a further size', trueJoint(truth, N, k), [low, high]);
  }
  return [...rows].map(([quantity, { covered, widths }]) => ({
    quantity,
    covered,
    of: widths.length,
    width: widths.toSorted((a, b) => a - b)[Math.floor(widths.length / 2)] ?? Number.NaN,
  }));
}
