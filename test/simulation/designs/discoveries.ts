/** Flags on synergy: false ones where nobody does anything of their own, and how many of planted effects are found. */
import type { Random } from '../../../core/law/random.ts';
import { type Synergy, synergy } from '../../../core/selection/synergy.ts';
import { synergyBlocks } from '../../../core/selection/synergy-blocks.ts';
import { allSubsets, randomTruth, type Truth } from '../../selection/pool.ts';
import { input } from '../../selection/synergy-pool.ts';
import type { StudyDesign, Tally } from '../tally.ts';

const MATRICES = ['adjusted', 'first', 'with_own', 'without_own'] as const;
/** Of a sample for a model, nats per token. */
const NOISE = 0.3;
const SAMPLES = 30;

/** Every merge of a size is alike. */
const ALIKE: Truth = (members) => 1 + 1 / Math.max(1, members.length);

function nobody(pool: number): StudyDesign['replicate'] {
  return (tally, _, r) => {
    const found = synergy(input(allSubsets(pool), pool, ALIKE, { noise: NOISE, seed: 500 + r, n: SAMPLES }));
    for (const matrix of MATRICES)
      tally.event(`any flag, ${matrix.replace('_', ' ')}`, 'alarm', flagged(found, matrix).length > 0);
  };
}

function flagged(found: Synergy, matrix: (typeof MATRICES)[number]): string[] {
  return found[matrix].flatMap((row, d) =>
    row.flatMap((entry, e) => (entry?.discovered ? [`${d},${e}`] : [])),
  );
}

/** Pairs of donors do opposite things to a domain: of zero mean, so that all other entries are truly zero. */
function planted(worth: number): StudyDesign['replicate'] {
  const pool = 5;
  const own = (d: number, e: number) => (e < 3 ? (d === e ? worth : d === e + 1 ? -worth : 0) : 0);
  const truth: Truth = (members, e) =>
    2 + 1 / members.length - members.reduce((sum, d) => sum + own(d, e), 0);
  const there = new Set(
    Array.from({ length: pool * pool }, (_, i) => [Math.floor(i / pool), i % pool] as const).flatMap(
      ([d, e]) => (own(d, e) === 0 ? [] : [`${d},${e}`]),
    ),
  );
  return (tally, _, r) => {
    const found = synergy(input(allSubsets(pool), pool, truth, { noise: NOISE, seed: 900 + r, n: SAMPLES }));
    const flags = flagged(found, 'adjusted');
    const wrong = flags.filter((flag) => !there.has(flag)).length;
    tally.share('false among the flagged', 'alarm', flags.length > 0 ? wrong / flags.length : 0);
    for (const entry of there) tally.event('planted effect flagged', 'power', flags.includes(entry));
  };
}

/** Donors and receivers in two groups that help each other by so much. */
function grouped(worth: number): StudyDesign['replicate'] {
  const pool = 8;
  const subsets = allSubsets(pool).filter(({ length }) => length <= 2);
  return (tally, random, r) => {
    const noise = randomTruth(random);
    const truth: Truth = (members, e) =>
      2 +
      1 / members.length -
      members.reduce((sum, d) => sum + (d % 2 === e % 2 ? worth : 0), 0) / members.length +
      0.02 * noise(members, e);
    const found = synergy(input(subsets, pool, truth, { noise: 0.1, seed: 1300 + r, n: 30 }));
    const { donors, receivers } = synergyBlocks(found, r);
    const kind = worth === 0 ? 'alarm' : 'power';
    tally.event('blocks of donors named', kind, donors.blocks !== null);
    tally.event('blocks of receivers named', kind, receivers.blocks !== null);
  };
}

/** Every subset deviates on its own, and six in ten are merged: effects of nothing but such deviations. */
function deviating(tally: Tally, random: Random, r: number): void {
  const pool = 6;
  const noise = randomTruth(random);
  const truth: Truth = (members, e) => ALIKE(members, e) + 0.02 * noise(members, e);
  const all = allSubsets(pool);
  const exact = synergy(input(all, pool, truth, { domains: 3, stage: 'points' }));
  const some = all.filter(({ length }) => length === 1 || length === pool || random.uniform() < 0.6);
  const found = synergy(input(some, pool, truth, { noise: 0.05, seed: 1700 + r, n: SAMPLES, domains: 3 }));
  for (const [d, row] of found.adjusted.entries())
    for (const [e, entry] of row.entries())
      tally.interval('synergy, adjusted', exact.adjusted[d]?.[e]?.value ?? Number.NaN, entry);
}

export const DISCOVERY_DESIGNS: readonly StudyDesign[] = (
  [
    ['nobody does anything, 3 donors', nobody(3)],
    ['nobody does anything, 5 donors', nobody(5)],
    ['subsets deviate at random, six in ten merged', deviating],
    ['planted effects of 0.1', planted(0.1)],
    ['planted effects of 0.05', planted(0.05)],
    ['no groups, 8 donors', grouped(0)],
    ['two groups apart by 0.2', grouped(0.2)],
  ] as const
).map(([name, replicate], index) => ({ name, seed: 2200 + index, replicate }));
