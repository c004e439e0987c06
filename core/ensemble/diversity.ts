import { seededRandom } from '../law/random.ts';
import { type Estimated, estimatedFrom } from '../selection/estimated.ts';
import { type Losses, objectiveOf } from '../selection/measured.ts';
import type { EnsembleData } from './data.ts';
import { FEWEST_GROUPS, familyGroups, jackknifeVariance, type LeftOut, modelGroups } from './left-out.ts';
import { bits, combination, errorOf, estimateInBits, lossesOf, minus, oracleOf, perNat } from './rows.ts';
import type { Diversity, EnsembleModel, ModelPair } from './types.ts';

/** Beyond the pairs of 64 models a random part is looked at. */
const MOST_PAIRS = 2016;

/** What two models gain over the better of them, in one family and across. Null for a single model. */
export function diversityOf(
  rows: readonly Losses[],
  data: EnsembleData,
  complete: boolean,
): Diversity | null {
  const M = rows.length;
  if (M < 2) return null;
  const { samples, weights } = data;
  const models = data.pool.map((m) => data.models[m] as EnsembleModel);
  const centred = centredContributions(rows, perNat(data));
  const of = (M * (M - 1)) / 2;
  const gains = {
    within: new Float64Array(samples.tokens.length),
    between: new Float64Array(samples.tokens.length),
  };
  const counts = { within: 0, between: 0 };
  const indices = pairsOf(M, data.seed);
  const pairs = indices.map(([a, b]): ModelPair => {
    const [one, other] = [rows[a] as Losses, rows[b] as Losses];
    const better = objectiveOf(other, weights) < objectiveOf(one, weights) ? other : one;
    const gain = minus(better, lossesOf(oracleOf([one, other]), samples), samples);
    const same = models[a]?.family === models[b]?.family;
    const kind = same ? 'within' : 'between';
    counts[kind] += 1;
    for (let s = 0; s < gain.nll.length; s++)
      gains[kind][s] = (gains[kind][s] as number) + (gain.nll[s] as number);
    return {
      models: [models[a]?.name ?? '', models[b]?.name ?? ''],
      same_family: same,
      correlation: correlation(centred[a] as Float64Array, centred[b] as Float64Array),
      gain: bits(objectiveOf(gain, weights)),
    };
  });
  const meanOf = (kind: 'within' | 'between') =>
    counts[kind] > 0 ? combination([lossesOf(gains[kind], samples)], [1 / counts[kind]], samples) : null;
  const [within, between] = [meanOf('within'), meanOf('between')];
  const judge = judgeOf(data);
  return {
    pairs,
    looked_at: pairs.length,
    of,
    within_family: within && bits(objectiveOf(within, weights)),
    between_families: between && bits(objectiveOf(between, weights)),
    difference:
      within &&
      between &&
      differenceOf(minus(between, within, samples), indices, pairs, judge, data, complete),
    left_out: judge.kind,
  };
}

/** Families, where there are enough of them to tell how they differ. */
function judgeOf({ pool, models, seed }: EnsembleData): LeftOut {
  const families = familyGroups(
    pool.map((m) => models[m]?.family ?? ''),
    seed,
  );
  return families.groups.length >= FEWEST_GROUPS ? families : modelGroups(pool.length, seed);
}

/** With the errors from samples and from which models or families there are. */
function differenceOf(
  row: Losses,
  indices: readonly (readonly [number, number])[],
  pairs: readonly ModelPair[],
  { groups }: LeftOut,
  data: EnsembleData,
  complete: boolean,
): Estimated {
  const value = objectiveOf(row, data.weights);
  if (!complete) return estimateInBits({ value, low: null, high: null });
  const without = groups.map((group) =>
    meanDifference(pairs.filter((_, i) => !indices[i]?.some((m) => group.has(m)))),
  );
  return estimateInBits(
    estimatedFrom(value, [errorOf(row, data.samples, data.weights), jackknifeVariance(without)]),
  );
}

/** Nats per byte; null without pairs of either kind. */
function meanDifference(pairs: readonly ModelPair[]): number | null {
  const meanOf = (isSame: boolean) => {
    const gains = pairs.filter(({ same_family }) => same_family === isSame).map(({ gain }) => gain);
    return gains.length > 0 ? gains.reduce((sum, gain) => sum + gain, 0) / gains.length : null;
  };
  const [within, between] = [meanOf(true), meanOf(false)];
  return within === null || between === null ? null : (between - within) * Math.LN2;
}

/** All pairs a < b, or a seeded part of them. */
function pairsOf(M: number, seed: number): [number, number][] {
  if ((M * (M - 1)) / 2 <= MOST_PAIRS)
    return Array.from({ length: M }, (_, b) =>
      Array.from({ length: b }, (_, a): [number, number] => [a, b]),
    ).flat();
  const random = seededRandom(seed);
  const drawn = new Map<number, [number, number]>();
  while (drawn.size < MOST_PAIRS) {
    const [x, y] = [Math.floor(M * random.uniform()), Math.floor(M * random.uniform())];
    if (x !== y) drawn.set(Math.min(x, y) * M + Math.max(x, y), [Math.min(x, y), Math.max(x, y)]);
  }
  return [...drawn.values()];
}

/** What each sample contributes, less the mean over models, with mean zero over samples. */
function centredContributions(rows: readonly Losses[], scale: Float64Array): Float64Array[] {
  const mean = scale.map((_, s) => rows.reduce((sum, { nll }) => sum + (nll[s] as number), 0) / rows.length);
  return rows.map(({ nll }) => {
    const own = scale.map((share, s) => share * ((nll[s] as number) - (mean[s] as number)));
    const level = own.reduce((sum, value) => sum + value, 0) / own.length;
    return own.map((value) => value - level);
  });
}

function correlation(a: Float64Array, b: Float64Array): number | null {
  let [ab, aa, bb] = [0, 0, 0];
  for (let s = 0; s < a.length; s++) {
    const [x, y] = [a[s] as number, b[s] as number];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : null;
}
