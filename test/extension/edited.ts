/** Experiments as text, with a Report of a world whose results are real ones: what surfaces in the editor are tested on. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { planSweep } from '../../core/design/sweep.ts';
import type { Experiment } from '../../core/experiment/experiment.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { makeReport } from '../../core/report/make-report.ts';
import type { Report } from '../../core/report/report.ts';
import { digest } from '../../core/store/canonical.ts';
import type { EvaluationId, Fingerprint, Plan, PlanId, Prepared } from '../../core/store/format.ts';
import type { ExperimentState, PlanState } from '../../extension/experiments/experiment-state.ts';
import { EditedExperiment } from '../../extension/language/edited-experiment.ts';
import { World, WorldResults } from '../report/world.ts';

export const SAMPLE_FOLDER = fileURLToPath(new URL('../../examples/nine-domains/', import.meta.url));

export function sample(name: string): string {
  return readFileSync(`${SAMPLE_FOLDER}${name}.mergelab.yaml`, 'utf8');
}

export const SAMPLES: readonly string[] = ['nine-domains', 'methods-S', 'sizes'];

/** Experts e0.. and domains d0.., as in every world. */
export function worldText(world: World, more = ''): string {
  const experts = world.pool.map((name) => `  ${name}: ./models/${name}   # an expert`);
  const domains = world.domains.map((name) => `    ${name}: ./eval/${name}.json`);
  return `# A world.\nname: world\nbase: ./models/base\nexperts:   # the pool\n${experts.join('\n')}\nevaluation:\n  data:\n${domains.join('\n')}\n${more}`;
}

export function preparedOf(experiment: Experiment): Prepared {
  const model = (id: string, source: string, distance: number | null) => ({
    fingerprint: digest(id) as Fingerprint,
    path: `/models/${id}`,
    source,
    kind: 'checkpoint' as const,
    parameters: 494e6,
    bytes: 988e6,
    dtype: 'bfloat16',
    architecture: 'Qwen2ForCausalLM',
    vocabulary: 1000,
    tied_embeddings: true,
    distance,
  });
  const models = experiment.sizes.flatMap(({ name, base, experts }) => [
    [`${name}/base`, model(`${name}/base`, base, null)] as const,
    ...[...experts].map(
      ([expert, source]) =>
        [`${name}/expert/${expert}`, model(`${name}/expert/${expert}`, source, 0.0421)] as const,
    ),
  ]);
  const evaluations = [...experiment.evaluation.domains.keys()].map((domain) => [
    domain,
    {
      id: digest(`evaluation ${domain}`) as EvaluationId,
      file: `/eval/${domain}.json`,
      samples: 40,
      tokens: 4000,
      scored_tokens: 1234,
      bytes: 9000,
      truncated: 2,
      excluded: 0,
      rendering: 'plain',
    },
  ]);
  return {
    models: Object.fromEntries(models),
    evaluations: Object.fromEntries(evaluations),
    dtype: { value: 'float32', reason: 'test' },
    device: { name: 'cpu', description: 'cpu' },
    batch_tokens: 8192,
    estimate: null,
    problems: [],
    warnings: [],
  };
}

export interface ReportOptions {
  readonly stage?: 'points' | 'complete';
  /** Lines of the plan that are measured; default all. */
  readonly measured?: number;
}

/** Of an experiment whose experts and domains are the world's. */
export function reportOf(world: World, experiment: Experiment, options: ReportOptions = {}): Report {
  const sweep = planSweep(experiment, preparedOf(experiment));
  const plan: Plan = { ...sweep, id: digest(sweep) as PlanId };
  const results = new WorldResults(world).feed(
    plan,
    plan.lines.slice(0, options.measured ?? plan.lines.length),
  );
  const input = { experiment, plan, results, evaluations: world.evaluations(), otherPlans: [] };
  return makeReport(input, { stage: options.stage ?? 'complete' });
}

export function stateOf(text: string, more: Partial<ExperimentState> = {}): ExperimentState {
  const parsed = parseExperiment(text, { file: '/lab/world.mergelab.yaml' });
  return {
    file: '/lab/world.mergelab.yaml',
    parsed,
    valid: parsed.experiment || parsed.ensemble ? parsed : null,
    report: null,
    ensemble: null,
    stale: null,
    plan: null,
    prepared: null,
    members: null,
    run: { state: 'idle', workers: [], pace: [] },
    host: null,
    busy: null,
    problem: null,
    updated: null,
    ...more,
  };
}

/** A text with a state of its own. */
export function edited(text: string, more: Partial<ExperimentState> = {}): EditedExperiment {
  const state = stateOf(text, more);
  return new EditedExperiment(text, state.parsed, state);
}

/** A text that is being typed, with the state of the one before. */
export function retyped(text: string, state: ExperimentState): EditedExperiment {
  const parsed = parseExperiment(text, { file: state.file });
  return new EditedExperiment(text, parsed, { ...state, parsed });
}

/** A world's experiment with everything known of it. */
export function measured(
  world: World,
  more = '',
  options: ReportOptions = {},
  state: Partial<ExperimentState> = {},
): EditedExperiment {
  const text = worldText(world, more);
  const { experiment } = parseExperiment(text);
  if (!experiment) throw new Error(`not valid: ${JSON.stringify(parseExperiment(text).diagnostics)}`);
  return edited(text, {
    report: reportOf(world, experiment, options),
    prepared: preparedOf(experiment),
    ...state,
  });
}

export function planState(more: Partial<PlanState> = {}): PlanState {
  return {
    total: 521,
    unmerged: 10,
    done: 0,
    failed: 0,
    missing: 521,
    estimate: {
      seconds: 62,
      memory_bytes: 1e8,
      available_memory_bytes: 1e10,
      disk_bytes: 1e6,
      free_disk_bytes: 1e9,
      basis: 'merges measured here',
    },
    ...more,
  };
}

export { World };
