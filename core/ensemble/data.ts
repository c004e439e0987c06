import { count, counted } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import type { Warning } from '../law/curve.ts';
import { ProblemError } from '../problem.ts';
import { type Folds, foldsOf } from '../selection/folds.ts';
import type { Losses } from '../selection/measured.ts';
import { type DomainWeights, normalised, type Samples, samplesOf } from '../selection/samples.ts';
import { lossesOf } from './rows.ts';
import { seedOfInput } from './seed.ts';
import type { EnsembleInput, EnsembleModel, SampleCount } from './types.ts';

/**
 * The samples that every model scored, domain after domain, and the models' losses on them. `samples.tokens` holds
 * bytes here: losses of domains are nats per byte.
 */
export interface EnsembleData {
  readonly samples: Samples;
  readonly weights: DomainWeights;
  readonly folds: Folds;
  readonly seed: number;
  readonly models: readonly EnsembleModel[];
  /** Shape (models). */
  readonly rows: readonly Losses[];
  /** Indices of the models that pools are made of: all but the controls and the merges. */
  readonly pool: readonly number[];
  /** Rows of `averagedLogits`; null where they lack a sample. */
  readonly averaged: readonly (Losses | null)[];
  readonly count: SampleCount;
  readonly warnings: readonly Warning[];
}

/** Samples that any model misses are left out for all alike. @throws ProblemError if none is left */
export function ensembleData(input: EnsembleInput): EnsembleData {
  const verdicts = exclusions(input);
  const kept = input.domains.map((_, d) =>
    Array.from(verdicts.keys()).filter((s) => input.domainOf[s] === d && verdicts[s] === 'used'),
  );
  if (kept.every((indices) => indices.length === 0)) throw noSamples(input, verdicts);
  const present = input.domains.flatMap((_, d) => ((kept[d]?.length ?? 0) > 0 ? [d] : []));
  const order = present.flatMap((d) => kept[d] ?? []);
  const samples = samplesOf(
    present.map((d) => ({
      name: input.domains[d]?.name ?? '',
      tokens: Float64Array.from(kept[d] ?? [], (s) => input.bytes[s] as number),
    })),
  );
  const declared = input.domains.map(({ weight }) => weight ?? 1);
  const weights = normalised(present.map((d) => declared[d] as number));
  const rowOf = (nll: Float64Array) =>
    lossesOf(
      Float64Array.from(order, (s) => nll[s] as number),
      samples,
    );
  const seed = seedOfInput(input);
  const shares = new Map(present.map((d, at) => [d, weights[at] as number]));
  return {
    samples,
    weights,
    folds: foldsOf(samples, seed),
    seed,
    models: input.models,
    rows: input.models.map(({ nll }) => rowOf(nll)),
    pool: input.models.flatMap(({ nullOf, mergeOf }, m) => (nullOf === null && !mergeOf ? [m] : [])),
    averaged: (input.averagedLogits ?? []).map(({ nll }) =>
      order.some((s) => Number.isNaN(nll[s])) ? null : rowOf(nll),
    ),
    count: countOf(input, verdicts, shares),
    warnings: [
      ...input.domains
        .filter((_, d) => !shares.has(d))
        .map(({ name }) => ({
          code: 'domain_without_samples',
          message: `No sample of ${plain(name)} was scored by every model: it counts nowhere.`,
        })),
      ...costlyModels(input),
    ],
  };
}

/** How many samples a model has no loss for, those that were too long for it among them. */
function lacks({ nll }: Pick<EnsembleModel, 'nll'>): number {
  return nll.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
}

/** A larger share of the samples that a model takes from all others is said. */
const COSTLY = 0.1;

/** Which model lacks the most samples, where those are many: without it, the others would be compared on more. */
function costlyModels({ models, bytes }: EnsembleInput): Warning[] {
  const lacking = models
    .map((model) => ({ name: model.name, lacks: lacks(model), overlong: model.overlong.length }))
    .filter(({ lacks }) => lacks > COSTLY * bytes.length)
    .sort((a, b) => b.lacks - a.lacks);
  const [worst, ...others] = lacking;
  if (!worst) return [];
  const long = worst.overlong > 0 ? `, ${count(worst.overlong)} of them too long for it` : '';
  const more =
    others.length > 0
      ? ` ${counted(others.length, 'other')} ${others.length === 1 ? 'lacks' : 'lack'} more than a tenth too.`
      : '';
  const fix = worst.overlong > 0 ? 'Leave it out, or lower `max_bytes`' : 'Leave it out';
  return [
    {
      code: 'model_lacks_samples',
      message:
        `${plain(worst.name)} has no loss for ${count(worst.lacks)} of ${count(bytes.length)} samples${long}: ` +
        `they are left out for every model.${more} ${fix}, and the others are compared on more.`,
    },
  ];
}

type Verdict = 'used' | 'missing' | 'overlong';

function exclusions({ models, bytes }: EnsembleInput): Verdict[] {
  const verdicts = new Array<Verdict>(bytes.length).fill('used');
  for (const { nll } of models)
    for (let s = 0; s < nll.length; s++) if (Number.isNaN(nll[s])) verdicts[s] = 'missing';
  for (const { overlong } of models) for (const s of overlong) verdicts[s] = 'overlong';
  return verdicts;
}

function countOf(
  input: EnsembleInput,
  verdicts: readonly Verdict[],
  shares: ReadonlyMap<number, number>,
): SampleCount {
  const of = (wanted: Verdict) => verdicts.filter((verdict) => verdict === wanted).length;
  const domains = input.domains.map(({ name }, d) => {
    let [used, excluded, bytes] = [0, 0, 0];
    for (const [s, verdict] of verdicts.entries()) {
      if (input.domainOf[s] !== d) continue;
      if (verdict === 'used') bytes += input.bytes[s] as number;
      if (verdict === 'used') used += 1;
      else excluded += 1;
    }
    return { name, used, excluded, bytes, weight: shares.get(d) ?? 0 };
  });
  return {
    total: verdicts.length,
    used: of('used'),
    missing: of('missing'),
    overlong: of('overlong'),
    domains,
  };
}

function noSamples({ models }: EnsembleInput, verdicts: readonly Verdict[]): ProblemError {
  const worst = models.reduce<{ name: string; lacks: number } | null>((found, model) => {
    const own = { name: model.name, lacks: lacks(model) };
    return found && found.lacks >= own.lacks ? found : own;
  }, null);
  return new ProblemError({
    code: 'no_common_samples',
    message:
      `None of ${verdicts.length} samples was scored by all ${models.length} models; ` +
      `${plain(worst?.name ?? '')} lacks ${worst?.lacks ?? 0}.`,
    fix: 'Leave out the model that lacks them, shorten the texts, or score it again.',
  });
}
