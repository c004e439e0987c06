/** Who helps whom: synergy, attribution, Shapley values and transfer against the truth of a known world. */
import { seededRandom } from '../../../core/law/random.ts';
import { shapley } from '../../../core/selection/shapley.ts';
import { type Synergy, synergy } from '../../../core/selection/synergy.ts';
import type { SynergyInput } from '../../../core/selection/synergy-input.ts';
import { type Transfer, type TransferPoint, transfer } from '../../../core/selection/transfer.ts';
import { World } from '../../report/world.ts';
import {
  type Drawn,
  everySubset,
  lossesIn,
  measuredIn,
  orders,
  perSize,
  SIX_EXPERTS,
  type Sweep,
  samplesIn,
  sweepsOfSix,
  trueIn,
  trueLosses,
  UNEQUAL_DOMAINS,
  weightsIn,
} from '../sweeps.ts';
import type { RowKind, StudyDesign, Tally } from '../tally.ts';

const QUIET = { samples: 60, difficulty: 0.02, taste: 0.01, feeling: 0.01 } as const;

/** Of larger pools, few merges hold a domain's own expert beside any other. */
const PARTS: readonly Sweep[] = [
  ...sweepsOfSix(10),
  { name: '15 permutations of nine', world: { ...SIX_EXPERTS, experts: 9 }, sampling: orders(15) },
  {
    name: '15 permutations of ten, quiet samples',
    world: { ...SIX_EXPERTS, ...QUIET, experts: 10 },
    sampling: orders(15),
  },
  {
    name: 'domains of 10, 40 and 200 samples, unequal weights',
    world: { ...SIX_EXPERTS, ...UNEQUAL_DOMAINS },
    sampling: perSize(10),
  },
];

export const EXPERTS_DESIGNS: readonly StudyDesign[] = PARTS.map(
  ({ name, world: options, sampling }, index) => {
    const fixed = new World(options);
    const pool = options.experts;
    const all = everySubset(pool, seededRandom(1));
    const truth = {
      synergy: synergy(exactInput(fixed, all)),
      shapley: shapley({ ...exactInput(fixed, all), base: trueLosses(fixed, samplesIn(fixed), []) }),
      transfer: transfer({
        ...exactInput(fixed, all),
        base: trueLosses(fixed, samplesIn(fixed), []),
        permutations: false,
      }),
    };
    return {
      name,
      seed: 2100 + index,
      replicate: (tally, random, r) => {
        const world = new World(options, 1 + r, options.seed);
        const drawn = sampling(pool, random);
        const samples = samplesIn(world);
        const input: SynergyInput = {
          measured: measuredIn(world, drawn.subsets),
          pool,
          samples,
          weights: weightsIn(world),
          own: world.domains.map((_, e) => e),
          permutations: drawn.permutations,
          stage: 'complete',
        };
        countSynergy(synergy(input), truth.synergy, tally);
        const base = lossesIn(world, []);
        const values = shapley({ ...input, base });
        if (values.kind !== 'missing' && truth.shapley.kind !== 'missing')
          for (const [d, each] of values.experts.entries())
            tally.interval('Shapley value', truth.shapley.experts[d]?.value ?? Number.NaN, each);
        const found = transfer({ ...input, base, permutations: drawn.permutations !== null });
        countTransfer(found, truth.transfer, tally);
      },
    };
  },
);

/** The same sweep where nothing is measured with error. */
function exactInput(world: World, { subsets, permutations }: Drawn): SynergyInput {
  const samples = samplesIn(world);
  return {
    measured: trueIn(world, samples, subsets),
    pool: world.pool.length,
    samples,
    weights: weightsIn(world),
    own: world.domains.map((_, e) => e),
    permutations,
    stage: 'points',
  };
}

const MATRICES = ['plain', 'adjusted', 'first', 'with_own', 'without_own'] as const;

function countSynergy(found: Synergy, truth: Synergy, tally: Tally): void {
  for (const matrix of MATRICES)
    for (const [d, row] of found[matrix].entries())
      for (const [e, entry] of row.entries()) {
        const value = truth[matrix][d]?.[e]?.value;
        if (value !== undefined) tally.interval(`synergy, ${matrix.replace('_', ' ')}`, value, entry);
      }
  // The own experts' part of the error is taken to go along at worst.
  for (const each of found.donors) {
    const own = truth.donors.find(({ donor }) => donor === each.donor);
    if (own) tally.interval('donor ranked', own.value, each, 'cautious');
  }
  for (const each of found.receivers) {
    const own = truth.receivers.find(({ domain }) => domain === each.domain);
    if (own) tally.interval('receiver ranked', own.value, each);
  }
}

function countTransfer(found: Transfer, truth: Transfer, tally: Tally): void {
  const count = (
    name: string,
    own: readonly TransferPoint[],
    exact: readonly TransferPoint[],
    kind?: RowKind,
  ) => {
    for (const point of own) {
      const at = exact.find(({ k }) => k === point.k);
      if (!at) continue;
      tally.interval(`${name}, loss`, at.loss.value, point.loss, kind);
      // The own expert alone is no change, exactly.
      const change = point.change;
      if (at.change && change && change.low !== change.high)
        tally.interval(`${name}, change`, at.change.value, change, kind);
    }
  };
  for (const [i, each] of found.domains.entries()) {
    const exact = truth.domains[i];
    if (!exact) continue;
    count('dilution', each.members, exact.members);
    count('transfer', each.others, exact.others);
  }
  count('dilution, mean over domains', found.in_domain, truth.in_domain);
  count('transfer, mean over domains', found.cross_domain, truth.cross_domain);
}
