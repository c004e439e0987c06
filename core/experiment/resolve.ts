/** From a checked file to an experiment with every default filled in. */
import { subsetCount } from './combinations.ts';
import type { DownstreamTask, Experiment, Goal, Method, Size, Subsets } from './experiment.ts';
import { domainsOf, METHOD_DEFAULTS, poolOf } from './parts.ts';
import { byteCount, kList, parameterCount } from './quantities.ts';
import { DEFAULT_EXHAUSTIVE, DEFAULT_PERMUTATIONS, type ExperimentFile, type MethodEntry } from './schema.ts';
import { dataFile } from './source.ts';

export function resolveExperiment(file: ExperimentFile, fallbackName: string): Experiment {
  const pool = poolOf(file);
  const domains = domainsOf(file);
  const k = kList(file.sweep.k ?? `1..${pool.length}`);
  const { data, domains: _, max_tokens_per_domain, downstream, ...evaluation } = file.evaluation;
  return {
    version: 1,
    kind: 'merge',
    name: file.name ?? fallbackName,
    sizes: sizesOf(file, pool),
    pool,
    embeddings: file.embeddings,
    methods: file.methods.map(methodOf),
    evaluation: {
      ...evaluation,
      domains: new Map(domains.map((domain) => [domain, dataFile(data, domain)])),
      max_tokens_per_domain: max_tokens_per_domain ?? null,
      downstream: downstream.map(downstreamTask),
    },
    sweep: { k, subsets: subsetsOf(file, pool.length, k), seed: file.sweep.seed },
    goals: goalsOf(file, domains),
    references: file.references.map(referenceOf),
    budget: budgetOf(file),
    merge: mergeOf(file),
    target: file.target,
  };
}

function sizesOf(file: ExperimentFile, pool: readonly string[]): Size[] {
  if (!file.sizes) {
    const sources = file.experts as Readonly<Record<string, string>>;
    const experts = new Map(pool.map((expert) => [expert, sources[expert] ?? '']));
    return [{ name: 'default', base: file.base ?? '', experts }];
  }
  return Object.entries(file.sizes).map(([name, { base, experts }]) => ({
    name,
    base,
    experts: new Map(pool.map((expert) => [expert, expertSource(experts, expert)])),
  }));
}

function expertSource(written: string | Readonly<Record<string, string>>, expert: string): string {
  return typeof written === 'string' ? written.replaceAll('{expert}', expert) : (written[expert] ?? '');
}

function methodOf(entry: MethodEntry): Method {
  return (typeof entry === 'string' ? METHOD_DEFAULTS[entry] : entry) as Method;
}

function subsetsOf(file: ExperimentFile, size: number, k: readonly number[]): Subsets {
  const { subsets } = file.sweep;
  if (typeof subsets === 'number') return { kind: 'per_k', count: subsets };
  if (typeof subsets === 'object' && 'permutations' in subsets) {
    return { kind: 'permutations', count: subsets.permutations };
  }
  if (typeof subsets === 'object') {
    const { precision, at_most = DEFAULT_EXHAUSTIVE } = subsets;
    return { kind: 'precision', precision, at_most };
  }
  if (subsets === 'all' || subsetCount(size, k) <= BigInt(DEFAULT_EXHAUSTIVE)) return { kind: 'all' };
  return { kind: 'permutations', count: DEFAULT_PERMUTATIONS };
}

function goalsOf(file: ExperimentFile, domains: readonly string[]): Experiment['goals'] {
  const { goals } = file;
  return {
    goal: goalOf(goals),
    pick: goals.pick ?? null,
    weights: new Map(domains.map((domain) => [domain, weightOf(goals.weights, domain)])),
    must_include: goals.must_include,
    must_exclude: goals.must_exclude,
    interval: goals.interval,
    method: goals.method ?? null,
    size: goals.size ?? null,
  };
}

/** A domain may be called `constructor`, which every object has. */
function weightOf(written: Readonly<Record<string, number>>, domain: string): number {
  return Object.hasOwn(written, domain) ? (written[domain] ?? 1) : 1;
}

function goalOf(goals: ExperimentFile['goals']): Goal {
  if (goals.return !== undefined) return { rule: 'return', value: goals.return };
  if (goals.epsilon !== undefined) return { rule: 'epsilon', value: goals.epsilon };
  return { rule: 'within', value: goals.within ?? 0.01 };
}

export function downstreamTask(written: ExperimentFile['evaluation']['downstream'][number]): DownstreamTask {
  const {
    task,
    metric = null,
    limit = null,
    shots = null,
  } = typeof written === 'string' ? { task: written } : written;
  return { task, metric, limit, shots };
}

function referenceOf(written: ExperimentFile['references'][number]): Experiment['references'][number] {
  const { name, loss, model } = written;
  const gpu_hours = written.gpu_hours ?? null;
  return model === undefined ? { name, loss: loss ?? 0, gpu_hours } : { name, model, gpu_hours };
}

function budgetOf(file: ExperimentFile): Experiment['budget'] {
  const { budget } = file;
  if (!budget) return null;
  return {
    gpu_hours: budget.gpu_hours ?? null,
    hours_per_expert_per_billion: budget.hours_per_expert_per_billion ?? null,
    max_parameters: budget.max_parameters === undefined ? null : parameterCount(budget.max_parameters),
    memory_bytes: budget.memory === undefined ? null : byteCount(budget.memory),
    target_loss: budget.target_loss ?? null,
  };
}

function mergeOf(file: ExperimentFile): Experiment['merge'] {
  const { merge } = file;
  if (!merge) return null;
  return {
    method: merge.method ?? null,
    size: merge.size ?? null,
    subset: merge.subset ?? null,
    weights: merge.weights ? new Map(Object.entries(merge.weights)) : null,
    out: merge.out ?? null,
  };
}
