import { throwIfCancelled } from '../law/cancelled.ts';
import type { Losses } from '../selection/measured.ts';
import { bestPools, bestSingle } from './best-pools.ts';
import { checkInput } from './check-input.ts';
import { controlsOf } from './controls.ts';
import { type EnsembleData, ensembleData } from './data.ts';
import { diversityOf } from './diversity.ts';
import { UNLIMITED } from './limits.ts';
import { mergeOrPool } from './merge-or-pool.ts';
import { beyondNoise, noiseSentence } from './noise-sentence.ts';
import { oracleCurve } from './oracle-curve.ts';
import { bits, scoreOf } from './rows.ts';
import { ensembleStudy } from './study.ts';
import type { EnsembleInput, EnsembleOptions, EnsembleReport, ModelScore, OraclePoint } from './types.ts';
import { unmetLimits } from './unmet-limits.ts';

/**
 * Everything that is said of an ensemble. The same input gives the same digits.
 *
 * @throws ProblemError where the input is wrong or no sample is common to all models; Cancelled when asked to end
 */
export function makeEnsembleReport(input: EnsembleInput, options: EnsembleOptions): EnsembleReport {
  checkInput(input);
  const complete = options.stage === 'complete';
  const data = ensembleData(input);
  const rows = data.pool.map((m) => data.rows[m] as Losses);
  const models = modelScores(data, complete);
  const curve = oracleCurve(rows, data, complete);
  throwIfCancelled(options.cancelled);
  const pools = bestPools(data, input.goal, options);
  throwIfCancelled(options.cancelled);
  const recommended = { k: pools.goal?.members.length ?? 2, limit: pools.goal ? input.goal : UNLIMITED };
  const { controls, byK } = controlsOf(rows, data, input, recommended, options);
  throwIfCancelled(options.cancelled);
  const oracle = curve.map((point, i): OraclePoint => ({ ...point, independent_gain: byK[i] ?? null }));
  const verdict = beyondNoise(controls);
  return {
    format: 1,
    kind: 'ensemble',
    stage: options.stage,
    name: input.name,
    samples: data.count,
    models,
    pool: data.pool.map((m) => data.models[m]?.name ?? ''),
    best_single: bestSingle(data, UNLIMITED),
    oracle,
    controls,
    diversity: diversityOf(rows, data, complete),
    best_pools: pools.byCount,
    limit: input.goal,
    goal: pools.goal,
    serving: mergeOrPool(data, models, options),
    study: complete ? ensembleStudy(data, verdict, options.cancelled) : null,
    beyond_noise: verdict,
    sentence:
      recommended.k === 1 ? '' : noiseSentence(oracle.at(-1) as OraclePoint, controls, verdict, complete),
    warnings: [...data.warnings, ...unmetLimits(input)],
  };
}

function modelScores(data: EnsembleData, complete: boolean): ModelScore[] {
  const used = data.count.domains.map(({ used }) => used > 0);
  return data.models.map(
    (
      {
        name,
        family,
        tokenizer,
        parameters,
        servingBytes,
        flopsPerToken,
        nullOf,
        nullKind = 'reseed',
        mergeOf = null,
      },
      m,
    ) => {
      const row = data.rows[m] as Losses;
      let next = 0;
      return {
        ...scoreOf(row, data, complete),
        name,
        family,
        tokenizer,
        parameters,
        serving_bytes: servingBytes,
        flops_per_token: flopsPerToken,
        null_of: nullOf,
        null_kind: nullOf === null ? null : nullKind,
        merge_of: mergeOf,
        domains: used.map((present) => (present ? bits(row.domains[next++] as number) : null)),
      };
    },
  );
}
