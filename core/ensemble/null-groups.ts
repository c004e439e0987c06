import { crossFit } from '../selection/chosen.ts';
import { type Estimated, estimatedFrom } from '../selection/estimated.ts';
import { type Losses, objectiveOf } from '../selection/measured.ts';
import { bestSingle } from './best-pools.ts';
import { type CrossFitted, crossFitPools, poolRow } from './cross-fit-pools.ts';
import type { EnsembleData } from './data.ts';
import { jackknifeVariance } from './left-out.ts';
import { luckByDomain } from './lucky-domains.ts';
import { routedByDomain } from './routed.ts';
import { bitsPerByte, errorOf, estimateInBits, lessOf, minus, notBelowZero } from './rows.ts';
import { levelInDomains, meanOf, type RunNoise, runNoise } from './run-noise.ts';
import type { EnsembleModel, NullGroup, NullKind, PoolGoal } from './types.ts';

/** What is recommended: pools of so many models, within these limits. */
export interface Recommended {
  readonly k: number;
  readonly limit: PoolGoal;
}

/** Noise grows with the loss: a member of the pool whose loss is larger by this factor may be noisier than the reseeds. */
const WEAKER = 1.1;

/** Fewer do not tell luck with domains from knowledge of them. */
export const FEWEST_DOMAINS = 5;

interface Runs {
  readonly model: string;
  readonly kind: NullKind;
  /** Indices of the model and its versions. */
  readonly members: readonly number[];
}

/** Each declared group of versions beside the best pool of as many models, at most those recommended. */
export function nullGroups(
  recommended: Recommended,
  data: EnsembleData,
  complete: boolean,
  cancelled?: () => boolean,
): NullGroup[] {
  const pools = new Map<number, PoolGains | null>();
  const knowsLuck = data.weights.filter((weight) => weight > 0).length >= FEWEST_DOMAINS;
  return runsOf(data).map((runs) => {
    // One fewer than there are, so that it can be seen how much it matters which ones they are.
    const k = Math.max(2, Math.min(recommended.k, runs.members.length - 1));
    const pool = pools.has(k) ? (pools.get(k) ?? null) : poolGains(k, recommended.limit, data, cancelled);
    pools.set(k, pool);
    const luck = complete && knowsLuck ? luckOf(runs, k, data, cancelled) : null;
    return nullGroup(runs, k, pool, luck, data, complete);
  });
}

/** Versions by their original and kind. */
function runsOf({ models, pool }: EnsembleData): Runs[] {
  return pool.flatMap((original) => {
    const of = models[original] as EnsembleModel;
    const versions = [...models.keys()].filter((m) => models[m]?.nullOf === of.name);
    return (['reseed', 'quantisation'] as const).flatMap((kind) => {
      const own = versions.filter((m) => (models[m]?.nullKind ?? 'reseed') === kind);
      return own.length > 0 ? [{ model: of.name, kind, members: [original, ...own] }] : [];
    });
  });
}

interface PoolGains {
  /** Indices of models. */
  readonly members: readonly number[];
  /** Over the best single model, on samples that neither was chosen on but the latter. */
  readonly oracle: Losses;
  /** Inside domains, over the mean member. */
  readonly inside: Losses;
  readonly routed: Losses;
}

/** Null where the limits leave no two models, or the best such pool is a single one. */
function poolGains(
  k: number,
  limit: PoolGoal,
  data: EnsembleData,
  cancelled: (() => boolean) | undefined,
): PoolGains | null {
  const rows = data.pool.map((m) => data.rows[m] as Losses);
  const single = data.rows[bestSingle(data, limit)] as Losses;
  const [found] = crossFitPools(data, [{ ...limit, k }], cancelled);
  if (!found || found.chosen.members.length < 2) return null;
  const { members } = found.chosen;
  const own = members.map((m) => rows[m] as Losses);
  return {
    members: members.map((m) => data.pool[m] as number),
    oracle: minus(single, found.crossFitted, data.samples),
    inside: insideGain(found, rows, data),
    routed: routedByDomain(own, data, single).gain,
  };
}

/** What choosing gives beside having the better model of a domain. */
function insideGain({ withoutFold }: CrossFitted, rows: readonly Losses[], data: EnsembleData): Losses {
  const level = levelInDomains(rows, data);
  const byFold = withoutFold.map((members) =>
    minus(
      meanOf(
        members.map((m) => level[m] as Losses),
        data,
      ),
      poolRow(members, level, data),
      data.samples,
    ),
  );
  return crossFit((fold) => byFold[fold] as Losses, data.samples, data.folds);
}

function nullGroup(
  { model, kind, members }: Runs,
  k: number,
  pool: PoolGains | null,
  luck: Estimated | null,
  data: EnsembleData,
  complete: boolean,
): NullGroup {
  const rows = members.map((m) => data.rows[m] as Losses);
  const noise = runNoise(rows, k, data);
  const without =
    complete && rows.length > k
      ? rows.map((_, left) =>
          runNoise(
            rows.filter((_row, i) => i !== left),
            k,
            data,
          ),
        )
      : [];
  const judged = (gain: keyof RunNoise, row: Losses) => judgedByRuns(gain, row, without, data);
  const routed = pool && bitsPerByte(pool.routed, data, complete);
  const excess = (gain: keyof RunNoise) => pool && judged(gain, minus(pool[gain], noise[gain], data.samples));
  const namesOf = (indices: readonly number[]) => indices.map((m) => data.models[m]?.name ?? '');
  return {
    model,
    kind,
    members: namesOf(members),
    k,
    gain: notBelowZero(judged('oracle', noise.oracle)),
    routed: luck,
    pool: pool &&
      routed && {
        members: namesOf(pool.members),
        gain: bitsPerByte(pool.oracle, data, complete),
        routed,
      },
    excess: excess('oracle'),
    inside_excess: excess('inside'),
    routed_excess: routed && luck && lessOf(routed, luck),
    weaker: weakerOf(pool?.members ?? [], rows[0] as Losses, data),
  };
}

function luckOf(
  { members }: Runs,
  k: number,
  { rows, pool, weights, seed }: EnsembleData,
  cancelled: (() => boolean) | undefined,
): Estimated {
  const rowsOf = (models: readonly number[]) => models.map((m) => rows[m] as Losses);
  return estimateInBits(luckByDomain(rowsOf(members), rowsOf(pool), k, weights, seed, cancelled));
}

/** With the errors from samples and from which runs there are. */
function judgedByRuns(
  gain: keyof RunNoise,
  row: Losses,
  without: readonly RunNoise[],
  { samples, weights }: EnsembleData,
): Estimated {
  return estimateInBits(
    estimatedFrom(objectiveOf(row, weights), [
      errorOf(row, samples, weights),
      jackknifeVariance(without.map((noise) => objectiveOf(noise[gain], weights))),
    ]),
  );
}

/** The worst member of the pool, where it is worse than the model that was trained again by more than a little. */
function weakerOf(pool: readonly number[], original: Losses, { rows, models, weights }: EnsembleData) {
  const lossOf = (m: number) => objectiveOf(rows[m] as Losses, weights);
  const worst = pool.reduce<number | null>(
    (found, m) => (found === null || lossOf(m) > lossOf(found) ? m : found),
    null,
  );
  if (worst === null || lossOf(worst) <= WEAKER * objectiveOf(original, weights)) return null;
  return models[worst]?.name ?? null;
}
