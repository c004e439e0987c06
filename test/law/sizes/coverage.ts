/** The intervals of a law over sizes against the truth of a design. */
import type { Interval } from '../../../core/law/curve.ts';
import { fitSizes } from '../../../core/law/sizes/fit-sizes.ts';
import { PARAMETERS } from '../../../core/law/sizes/parameters.ts';
import type { SizesLaw } from '../../../core/law/sizes/sizes-law.ts';
import type { StudyDesign, Tally } from '../../simulation/tally.ts';
import { curveOf, NINE } from '../curves.ts';
import { SIZES_DESIGNS, type SizesDesign, simulateSizes, trueJoint } from './designs.ts';

export const OFFSETS_STUDY: readonly StudyDesign[] = [0.05, 0.2].map((apart, index) => ({
  name: `five sizes, every second offset larger by ${apart}`,
  seed: 450 + index,
  replicate: (tally, random) => {
    const truth = { Lstar: 0.6, B: 0.4, beta: 0.45, A0: 0.15, gamma: 0.25 };
    const own = 0.001;
    const curves = [0.5, 1.5, 3, 7, 14].map((N, i) => {
      const b = 0.2 + (i % 2) * apart;
      const losses = NINE.map(
        (k) => trueJoint({ ...truth, b }, N, k) + (own / Math.sqrt(k)) * random.normal(),
      );
      const covariance = new Float64Array(81);
      for (const [at, k] of NINE.entries()) covariance[at * 10] = own ** 2 / k;
      return curveOf(NINE, losses, { N, covariance });
    });
    const { warnings } = fitSizes(curves, { stage: 'points', seed: 1 });
    tally.event(
      '`offsets_differ` where they do',
      'power',
      warnings.some(({ code }) => code === 'offsets_differ'),
    );
  },
}));

export const SIZES_STUDY: readonly StudyDesign[] = SIZES_DESIGNS.map((design) => ({
  name: design.name,
  seed: design.seed,
  replicate: (tally, random, r) => {
    const beyond = 2 * (design.sizes.at(-1) ?? 1);
    const law = fitSizes(simulateSizes(design, random), {
      stage: 'complete',
      seed: design.seed + r,
      forecast: { N: [beyond], k: [] },
      losses: [trueJoint(design.truth, middleOf(design), LINE_K)],
    });
    countParameters(design, law, tally);
    countSizes(design, law, tally);
    countLine(design, law, tally);
    for (const { N, k, loss: value, low, high } of law.forecast)
      if (N === beyond)
        tally.interval(
          'loss at a further size',
          trueJoint(design.truth, N, k),
          { value, low, high },
          'cautious',
        );
  },
}));

/** Where an iso-loss line is looked at. */
const LINE_K = 4;

function middleOf({ sizes }: SizesDesign): number {
  return sizes[Math.floor(sizes.length / 2)] ?? 1;
}

function countParameters({ truth, onBound }: SizesDesign, law: SizesLaw, tally: Tally): void {
  for (const name of PARAMETERS) {
    const [low, high]: Interval = law.intervals?.[name] ?? [null, null];
    const kind = onBound.length > 0 ? 'cautious' : 'interval';
    if (law.parameters) tally.interval(name, truth[name], { value: law.parameters[name], low, high }, kind);
  }
}

/** The k at which an iso-loss line crosses the middle size. Lines have no interval. */
function countLine(design: SizesDesign, { iso_loss }: SizesLaw, tally: Tally): void {
  const k = iso_loss[0]?.points.find(({ N }) => N === middleOf(design))?.k;
  if (k) tally.value('k of an iso-loss line', LINE_K, k);
}

/** Floors and tails by size, and the offset that they share. */
function countSizes({ truth, onBound }: SizesDesign, { by_size }: SizesLaw, tally: Tally): void {
  if (!by_size) return;
  const { b: value, b_low: low, b_high: high, sizes, shared_b } = by_size;
  const kind = onBound.length > 0 ? 'cautious' : 'interval';
  tally.interval('shared b', truth.b, { value, low, high }, kind);
  for (const { N, floor, tail } of sizes) {
    tally.interval('floors', truth.Lstar + truth.B * N ** -truth.beta, floor, kind);
    tally.interval('tails', truth.A0 * N ** -truth.gamma, tail, kind);
  }
  if (shared_b) tally.event('`offsets_differ` where they do not', 'alarm', !shared_b.does_as_well);
}
