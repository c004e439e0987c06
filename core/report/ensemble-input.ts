/** From what the store holds of an ensemble to what is analysed: losses of every model on every sample. */

import { copyText } from '../../words/relations.ts';
import type { EnsembleInput, EnsembleModel } from '../ensemble/types.ts';
import { unlikeModels } from '../ensemble/unlike-models.ts';
import type { Ensemble } from '../experiment/ensemble/ensemble.ts';
import type { Warning } from '../law/curve.ts';
import { ProblemError } from '../problem.ts';
import { type EnsemblePlan, isModelLine, type ModelLine, type PlanMember } from '../store/ensemble/format.ts';
import type { EvaluationId, EvaluationSet, MergeKey } from '../store/format.ts';
import type { ResultIndex } from '../store/results.ts';
import { averagedLogits, failedAverages } from './averaged-logits.ts';
import { cutSamples, sameModels } from './ensemble-caveats.ts';
import type { LeftOut } from './ensemble-document.ts';

type Sized = readonly { readonly id: number; readonly bytes: number }[];

/** What is needed of an evaluation set: not its tokens. */
export interface SharedSet {
  /** In the order of a result's `per_sample`. */
  readonly samples: Sized;
  readonly overlong: Sized;
  /** Ids of the samples that `max_bytes` cut. */
  readonly cut: readonly number[];
}

export function sharedSet({ samples, overlong = [] }: EvaluationSet): SharedSet {
  const cut = samples.flatMap(({ id, truncated }) => (truncated ? [id] : []));
  return { samples: samples.map(({ id, bytes }) => ({ id, bytes })), overlong, cut };
}

export interface ScoredEnsemble {
  readonly ensemble: Ensemble;
  readonly plan: EnsemblePlan;
  /** Every set that the plan names. */
  readonly evaluations: ReadonlyMap<EvaluationId, SharedSet>;
  readonly results: Pick<ResultIndex, 'get' | 'failure'>;
}

export interface EnsembleMatrix {
  readonly input: EnsembleInput;
  /** Models without a loss on every domain, and copies and merges of those, which say nothing without them. */
  readonly leftOut: readonly LeftOut[];
  /** What to be careful of with models and samples as they are. */
  readonly warnings: readonly Warning[];
}

/**
 * Samples are those of the data files that some model could read, in their order. A model that is not scored on all
 * domains is left out, for otherwise it would take every sample with it.
 *
 * @throws ProblemError `ensemble_bytes` where two models do not score the same bytes of a sample
 */
export function ensembleMatrix(scored: ScoredEnsemble): EnsembleMatrix {
  const { ensemble, plan } = scored;
  const domains = [...ensemble.evaluation.domains.keys()];
  const samples = samplesOf(scored, domains);
  const missing = missingModels(scored);
  const context = { scored, samples, domains };
  const models = plan.lines.filter(isModelLine).flatMap(({ key, model }) => {
    const member = plan.header.models[model];
    return member && !missing.has(model) ? [modelOf(model, member, key, context)] : [];
  });
  const isScored = (model: string) => models.some(({ name }) => name === model);
  const averages = averagedLogits(scored, isScored, ({ key, average }) =>
    // Members share their evaluation sets.
    lossesOf(plan.header.models[average[0] ?? ''] as PlanMember, key, context),
  );
  return {
    input: {
      name: ensemble.name,
      models,
      domains: domains.map((name) => ({ name, weight: null })),
      domainOf: samples.flatMap((domain, i) => domain.bytes.map(() => i)),
      bytes: samples.flatMap(({ bytes }) => bytes),
      goal: {
        k: ensemble.pool.k,
        parameters: ensemble.pool.parameters,
        memory: ensemble.pool.memory_bytes,
      },
      ...(averages.length > 0 ? { averagedLogits: averages } : {}),
    },
    leftOut: [...missing.values()],
    warnings: [...cutSamples(scored, domains), ...sameModels(plan), ...failedAverages(scored)],
  };
}

/** One domain: the place of each record among all samples, and their bytes from the first place on. */
interface DomainSamples {
  readonly places: ReadonlyMap<number, number>;
  readonly bytes: readonly number[];
}

function samplesOf({ plan, evaluations }: ScoredEnsemble, domains: readonly string[]): DomainSamples[] {
  let begin = 0;
  return domains.map((domain) => {
    const sizes = new Map<number, number>();
    for (const [model, { evaluations: ids }] of Object.entries(plan.header.models)) {
      const set = evaluations.get(ids[domain] as EvaluationId);
      for (const { id, bytes } of [...(set?.samples ?? []), ...(set?.overlong ?? [])]) {
        const known = sizes.get(id);
        if (known !== undefined && known !== bytes) throw otherBytes(model, domain, id);
        sizes.set(id, bytes);
      }
    }
    const ids = [...sizes.keys()].sort((a, b) => a - b);
    const places = new Map(ids.map((id, i) => [id, begin + i]));
    begin += ids.length;
    return { places, bytes: ids.map((id) => sizes.get(id) ?? 0) };
  });
}

interface Context {
  readonly scored: ScoredEnsemble;
  readonly samples: readonly DomainSamples[];
  readonly domains: readonly string[];
}

function modelOf(name: string, member: PlanMember, key: MergeKey, context: Context): EnsembleModel {
  const { scored, samples, domains } = context;
  const declared = scored.ensemble.models.get(name);
  const overlong = domains.flatMap((domain, d) =>
    (scored.evaluations.get(member.evaluations[domain] as EvaluationId)?.overlong ?? []).map(
      ({ id }) => samples[d]?.places.get(id) ?? -1,
    ),
  );
  return {
    name,
    family: declared?.family ?? member.family,
    tokenizer: member.tokenizer,
    parameters: {
      total: member.parameters,
      active: member.active_parameters,
      embedding: member.embedding_parameters,
    },
    servingBytes: member.bytes,
    flopsPerToken: member.flops_per_token,
    nullOf: declared?.null_of ?? null,
    ...(declared?.null_kind ? { nullKind: declared.null_kind } : {}),
    ...(declared?.merge_of ? { mergeOf: declared.merge_of } : {}),
    nll: lossesOf(member, key, context),
    overlong,
  };
}

/** Shape (S): what `key` scored on the evaluation sets of `member`; NaN where it scored nothing. */
function lossesOf(member: PlanMember, key: MergeKey, { scored, samples, domains }: Context): Float64Array {
  const nll = new Float64Array(samples.reduce((sum, { bytes }) => sum + bytes.length, 0)).fill(Number.NaN);
  domains.forEach((domain, d) => {
    const id = member.evaluations[domain] as EvaluationId;
    const losses = scored.results.get(key, id)?.perSample ?? [];
    scored.evaluations.get(id)?.samples.forEach((sample, i) => {
      nll[samples[d]?.places.get(sample.id) ?? -1] = losses[i] ?? Number.NaN;
    });
  });
  return nll;
}

/** Models without a loss of every sample, with the reason; those that are copies of one, or cannot be what they are declared. */
function missingModels(scored: ScoredEnsemble): ReadonlyMap<string, LeftOut> {
  const missing = new Map<string, LeftOut>();
  for (const unlike of unlikeModels(scored.ensemble, scored.plan.header.models))
    missing.set(unlike.model, { ...unlike, message: `${unlike.message} It is left out.` });
  for (const line of scored.plan.lines.filter(isModelLine)) {
    const why = missing.has(line.model) ? null : whyNotScored(scored, line);
    if (why !== null) missing.set(line.model, leftOut(line.model, why));
  }
  for (const [name, { null_of, null_kind, merge_of }] of scored.ensemble.models) {
    const lost = merge_of?.find((member) => missing.has(member));
    if (lost !== undefined && !missing.has(name))
      missing.set(
        name,
        leftOut(name, { code: missing.get(lost)?.code ?? NOT_SCORED, why: `it is a merge of ${lost}.` }),
      );
    if (null_of !== null && missing.has(null_of) && !missing.has(name))
      missing.set(
        name,
        leftOut(name, {
          code: missing.get(null_of)?.code ?? NOT_SCORED,
          why: `it is ${copyText({ null_of, null_kind })}.`,
        }),
      );
  }
  return missing;
}

function whyNotScored(
  { plan, results, evaluations }: ScoredEnsemble,
  { key, model }: ModelLine,
): Reason | null {
  for (const [domain, id] of Object.entries(plan.header.models[model]?.evaluations ?? {})) {
    const losses = results.get(key, id)?.perSample;
    if (losses && losses.length === evaluations.get(id)?.samples.length) continue;
    const failure = results.failure(key, id);
    if (failure) return { code: 'model_failed', why: failure.message ?? failure.code };
    return { code: NOT_SCORED, why: `it is not scored on ${domain} yet.` };
  }
  return null;
}

const NOT_SCORED = 'model_not_scored';

interface Reason {
  readonly code: string;
  readonly why: string;
}

function leftOut(model: string, { code, why }: Reason): LeftOut {
  return {
    code,
    model,
    message: `${model} is left out: ${why}`,
    fix: 'Run the experiment again.',
  };
}

function otherBytes(model: string, domain: string, sample: number): ProblemError {
  return new ProblemError({
    code: 'ensemble_bytes',
    message: `${model} does not score the same bytes of sample ${sample} of ${domain} as the other models.`,
    fix: 'Models and data were prepared from different files: run the experiment again.',
  });
}
