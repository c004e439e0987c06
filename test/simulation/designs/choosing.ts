/** Choosing among measured subsets: the tied set, and what one expert less or more would be. */

import type { Random } from '../../../core/law/random.ts';
import { estimatedFrom } from '../../../core/selection/estimated.ts';
import { influence, type Measured, objectiveOf } from '../../../core/selection/measured.ts';
import { type Neighbour, neighbours } from '../../../core/selection/neighbours.ts';
import { resample } from '../../../core/selection/resample.ts';
import { pairedVariance, sampleVariance } from '../../../core/selection/sample-variance.ts';
import { tiedWithBest } from '../../../core/selection/tied.ts';
import { World, type WorldOptions } from '../../report/world.ts';
import { allSubsets } from '../../selection/pool.ts';
import {
  lossesIn,
  measuredIn,
  SIX_EXPERTS,
  samplesIn,
  UNEQUAL_DOMAINS,
  weightedLossesIn,
  weightsIn,
} from '../sweeps.ts';
import type { RowKind, StudyDesign, Tally } from '../tally.ts';

const RESAMPLES = 400;
const K = 3;

const PARTS: readonly { readonly name: string; readonly world: WorldOptions }[] = [
  { name: '40 samples', world: SIX_EXPERTS },
  { name: '12 samples', world: { ...SIX_EXPERTS, samples: 12 } },
  { name: 'subsets nearly alike', world: { ...SIX_EXPERTS, spread: 0.05 } },
  { name: 'quiet samples', world: { ...SIX_EXPERTS, taste: 0.02, feeling: 0.05 } },
  {
    name: 'domains of 10, 40 and 200 samples, unequal weights',
    world: { ...SIX_EXPERTS, ...UNEQUAL_DOMAINS },
  },
];

export const CHOOSING_DESIGNS: readonly StudyDesign[] = PARTS.map(({ name, world: options }, index) => {
  const subsets = allSubsets(options.experts).map((members) => ({ members, draws: 1 }));
  const fixed = new World(options);
  const losses = subsets.map(({ members }) => fixed.macro(members));
  const candidates = subsets.flatMap(({ members }, i) => (members.length === K ? [i] : []));
  const trueBest = lowest(candidates, losses);
  return {
    name,
    seed: 2300 + index,
    replicate: (tally, random, r) => {
      const world = new World(options, 1 + r, options.seed);
      const samples = samplesIn(world);
      const weights = weightsIn(world);
      const measured = measuredIn(world, subsets);
      const resamples = resample(samples, r, RESAMPLES);
      const objectives = measured.map((row) => objectiveOf(row, weights));
      const best = lowest(candidates, objectives);
      const overall = lowest([...measured.keys()], objectives);
      const tied = tiedWithBest(best, candidates, measured, samples, weights, resamples);
      tally.event('tied set holds the best', 'cautious', tied.includes(trueBest));
      for (const i of candidates)
        if (i !== trueBest) tally.event('another subset ruled out', 'power', !tied.includes(i));
      countWeights(weightsAtRandom(options.experts, random), world, measured[overall] ?? never(), tally);
      const around = (index: number, of: string, kind: RowKind) => {
        const input = {
          measured,
          base: lossesIn(world, []),
          pool: options.experts,
          samples,
          weights,
          resamples,
        };
        const { drop, add } = neighbours(input, index);
        const truth = (d: number) => changeOf(subsets[index]?.members ?? [], d, fixed);
        countTogether(`one less, ${of}`, drop, truth, kind, tally);
        countTogether(`one more, ${of}`, add, truth, kind, tally);
      };
      around(candidates[0] ?? 0, 'named subset', 'interval');
      // Flattered by the samples that it was chosen on, as the docs say.
      around(best, 'chosen subset', 'approximate');
    },
  };
});

function lowest(indices: readonly number[], losses: readonly number[]): number {
  return indices.reduce((a, b) => ((losses[b] ?? 0) < (losses[a] ?? 0) ? b : a));
}

function changeOf(members: readonly number[], d: number, world: World): number {
  const other = members.includes(d)
    ? members.filter((each) => each !== d)
    : [...members, d].sort((a, b) => a - b);
  return world.macro(other) - world.macro(members);
}

/** All intervals of a list hold at once. */
function countTogether(
  quantity: string,
  list: readonly Neighbour[],
  truth: (expert: number) => number,
  kind: RowKind,
  tally: Tally,
): void {
  const all = list.every(({ expert, change }) => {
    const value = truth(expert);
    tally.interval(`${quantity}, each`, value, change, kind === 'interval' ? 'cautious' : kind);
    return (change?.low ?? Infinity) <= value && value <= (change?.high ?? -Infinity);
  });
  tally.event(`${quantity}, all at once`, kind, all);
}

/** Shares that sum to 1, all equally probable. */
function weightsAtRandom(pool: number, random: Random): number[] {
  const parts = Array.from({ length: pool }, () => -Math.log(1 - random.uniform()));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / total);
}

/** Merged weights, and their gain against the best measured subset, as the report has them. */
function countWeights(shares: readonly number[], world: World, best: Measured, tally: Tally): void {
  const samples = samplesIn(world);
  const weights = weightsIn(world);
  const losses = weightedLossesIn(world, shares);
  const values = influence(losses, samples, weights);
  const value = objectiveOf(losses, weights);
  const own = estimatedFrom(value, [sampleVariance([values], samples)]);
  tally.interval('merged weights, loss', world.macroOf(shares), own);
  const paired = pairedVariance(values, influence(best, samples, weights), samples);
  const gain = estimatedFrom(objectiveOf(best, weights) - value, [paired]);
  tally.interval('merged weights, gain', world.macro(best.members) - world.macroOf(shares), gain, 'cautious');
}

function never(): never {
  throw new RangeError('Nothing is measured.');
}
