/** Experiments and what `prepare` would find of them, made up for tests of designs and plans. */
import { planSweep, type Sweep } from '../../core/design/sweep.ts';
import type { Experiment } from '../../core/experiment/experiment.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';
import type { EvaluationId, Fingerprint, Prepared, PreparedModel } from '../../core/store/format.ts';
import { hex } from '../store/lines.ts';

export interface SweepOptions {
  /** As in the file; default: one size, written with `base`. */
  readonly sizes?: readonly string[];
  readonly methods?: readonly string[];
  /** What follows `sweep:`. */
  readonly sweep?: string;
  /** More lines of the file. */
  readonly more?: string;
}

/** An experiment over these experts; each expert is a domain too. */
export function experimentOf(pool: readonly string[], options: SweepOptions = {}): Experiment {
  const { sizes, methods = ['average'], sweep = '{}', more = '' } = options;
  const experts = sizes
    ? `sizes:\n${sizes.map((name) => `  ${name}: { base: ./${name}/base, experts: "./${name}/{expert}" }`).join('\n')}\nexperts: [${pool.join(', ')}]`
    : `base: ./base\nexperts: { ${pool.map((name) => `${name}: ./${name}`).join(', ')} }`;
  const text = `${experts}
methods:
${methods.map((method) => `  - ${method}`).join('\n')}
evaluation: { data: "./eval/{domain}.json" }
sweep: ${sweep}
${more}`;
  const { experiment, diagnostics } = parseExperiment(text);
  if (!experiment) throw new Error(diagnostics.map((each) => `${each.line}: ${each.message}`).join('\n'));
  return experiment;
}

/** As if all models were there; a model's fingerprint follows from its source. */
export function preparedOf(experiment: Experiment): Prepared {
  const models = experiment.sizes.flatMap(({ name, base, experts }) => [
    [`${name}/base`, modelAt(base)] as const,
    ...[...experts].map(([expert, source]) => [`${name}/expert/${expert}`, modelAt(source)] as const),
  ]);
  const references = experiment.references.flatMap((reference) =>
    'model' in reference ? [[`reference/${reference.name}`, modelAt(reference.model)] as const] : [],
  );
  const evaluations = [...experiment.evaluation.domains].map(([domain, file]) => [
    domain,
    {
      id: hex<EvaluationId>(`evaluation ${file}`),
      file,
      samples: 40,
      tokens: 4000,
      scored_tokens: 1200,
      bytes: 5000,
      truncated: 0,
      excluded: 0,
      rendering: 'as it is',
    },
  ]);
  return {
    models: Object.fromEntries([...models, ...references]),
    evaluations: Object.fromEntries(evaluations),
    dtype: { value: 'float32', reason: 'a test' },
    device: { name: 'cpu', description: 'a test' },
    batch_tokens: 8192,
    estimate: null,
    problems: [],
    warnings: [],
  };
}

function modelAt(source: string): PreparedModel {
  return {
    fingerprint: hex<Fingerprint>(`model ${source}`),
    path: `/models/${source.replace('./', '')}`,
    source,
    kind: 'checkpoint',
    parameters: 1000,
    bytes: 4000,
    dtype: 'float32',
    architecture: 'qwen2',
    vocabulary: 100,
    tied_embeddings: true,
    distance: 0.02,
  };
}

export function sweepOf(pool: readonly string[], options: SweepOptions = {}): Sweep {
  const experiment = experimentOf(pool, options);
  return planSweep(experiment, preparedOf(experiment));
}

export function poolOf(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `expert_${i}`);
}
