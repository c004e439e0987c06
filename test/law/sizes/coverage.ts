/** The intervals of a law over sizes against the truth of a design. */
import type { Interval } from '../../../core/law/curve.ts';
import { fitSizes } from '../../../core/law/sizes/fit-sizes.ts';
import { PARAMETERS } from '../../../core/law/sizes/parameters.ts';
import type { SizesLaw } from '../../../core/law/sizes/sizes-law.ts';
import type { StudyDesign, Tally } from '../../simulation/tally.ts';
import { SIZES_DESIGNS, type SizesDesign, simulateSizes, trueJoint } from './designs.ts';

export const SIZES_STUDY: readonly StudyDesign[] = SIZES_DESIGNS.map((design) => ({
  name: design.name,
  seed: design.seed,
  replicate: (tally, random, r) => {
    const beyond = 2 * (design.sizes.at(-1) ?? 1);
    const law = fitSizes(simulateSizes(design, random), {
      stage: 'complete',
      seed: design.seed + r,
      forecast: { N: [beyond], k: [] },
    });
    countParameters(design, law, tally);
    countSizes(design, law, tally);
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

function countParameters({ truth, onBound }: SizesDesign, law: SizesLaw, tally: Tally): void {
  for (const name of PARAMETERS) {
    const [low, high]: Interval = law.intervals?.[name] ?? [null, null];
    const kind = onBound.length > 0 ? 'cautious' : 'interval';
    if (law.parameters) tally.interval(name, truth[name], { value: law.parameters[name], low, high }, kind);
  }
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
