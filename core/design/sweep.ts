/** From an experiment and what `prepare` found to the plan: every merge with its key, in the order of merging. */
import type { Experiment } from '../experiment/experiment.ts';
import { ProblemError } from '../problem.ts';
import type {
  EvaluationId,
  Fingerprint,
  PlanHeader,
  PlanLine,
  PlanModel,
  PlanSize,
  Prepared,
  Purpose,
} from '../store/format.ts';
import { SCORER, STORE_FORMAT } from '../store/format.ts';
import { mergeKey, planMethod, seedsOf } from '../store/keys.ts';
import { BLOCK, inBlocks, interleaved, type Step } from './blocks.ts';
import { designOf, type SubsetDesign } from './design.ts';
import { makeLine } from './plan-line.ts';
import { withSteps } from './steps.ts';
import type { Members } from './subsets.ts';

export interface Sweep {
  readonly header: PlanHeader;
  readonly lines: readonly PlanLine[];
}

/**
 * Anchors first, size by size: the base and each expert unmerged, then for each method all k = 1 and k = M; models
 * to compare with; then the design in blocks that may each be the last; then other scales of tuned methods.
 *
 * Throws the first problem that `prepare` found, and `expert_duplicate` where two experts are one model.
 */
export function planSweep(experiment: Experiment, prepared: Prepared): Sweep {
  const [problem] = prepared.problems;
  if (problem) throw new ProblemError(problem);
  const header = headerOf(experiment, prepared);
  const design = designOf(experiment);
  const makers = experiment.sizes.map((size) => new LineMaker(experiment, header, design, size.name));
  const anchors = makers.flatMap((maker) => maker.anchors());
  const references = Object.keys(header.references).map((name) => referenceLine(header, name));
  // Workers claim blocks counted from the plan's first line: ours end where theirs do.
  const first = BLOCK - ((anchors.length + references.length) % BLOCK);
  const blocks = interleaved(
    makers.map((maker, i) => inBlocks(maker.design(), i === 0 ? first : BLOCK, maker.looks)),
  );
  const sweep = {
    header,
    lines: [...anchors, ...references, ...blocks.flat().map(({ line }) => line)],
  };
  return withSteps(sweep, experiment, design);
}

function headerOf(experiment: Experiment, prepared: Prepared): PlanHeader {
  const references = experiment.references.flatMap((reference) =>
    'model' in reference ? [[reference.name, modelOf(prepared, `reference/${reference.name}`)] as const] : [],
  );
  return {
    format: STORE_FORMAT,
    scorer: SCORER,
    pool: experiment.pool,
    sizes: Object.fromEntries(
      experiment.sizes.map(({ name }) => [name, sizeOf(experiment.pool, prepared, name)]),
    ),
    methods: experiment.methods.map(planMethod),
    embeddings: experiment.embeddings,
    evaluations: Object.fromEntries(
      [...experiment.evaluation.domains.keys()].map((domain) => [domain, evaluationOf(prepared, domain)]),
    ),
    dtype: prepared.dtype.value,
    batch_tokens: prepared.batch_tokens,
    references: Object.fromEntries(references),
  };
}

function sizeOf(pool: readonly string[], prepared: Prepared, size: string): PlanSize {
  const base = modelOf(prepared, `${size}/base`);
  const experts = pool.map((expert) => [expert, modelOf(prepared, `${size}/expert/${expert}`)] as const);
  const seen = new Map<Fingerprint, string>();
  for (const [expert, model] of experts) {
    const other = seen.get(model.fingerprint);
    if (other !== undefined) throw sameModel(other, expert, model);
    seen.set(model.fingerprint, expert);
  }
  return {
    base,
    experts: Object.fromEntries(experts),
    parameters: prepared.models[`${size}/base`]?.parameters ?? 0,
  };
}

function sameModel(first: string, second: string, model: PlanModel): ProblemError {
  return new ProblemError({
    code: 'expert_duplicate',
    message: `The experts \`${first}\` and \`${second}\` are the same model (${model.source}).`,
    fix: 'Remove one of them from `experts`, or give it a model of its own.',
  });
}

function modelOf(prepared: Prepared, id: string): PlanModel {
  const model = prepared.models[id];
  if (!model) throw notPrepared(id);
  const { fingerprint, path, source, kind } = model;
  return { fingerprint, path, source, kind };
}

function evaluationOf(prepared: Prepared, domain: string): EvaluationId {
  const evaluation = prepared.evaluations[domain];
  if (!evaluation) throw notPrepared(`evaluation of ${domain}`);
  return evaluation.id;
}

function notPrepared(what: string): ProblemError {
  return new ProblemError({
    code: 'not_prepared',
    message: `What was prepared does not hold \`${what}\`.`,
    fix: 'Prepare the experiment again.',
  });
}

/** A model to compare with is scored as its own base. */
function referenceLine(header: PlanHeader, name: string): PlanLine {
  const model = header.references[name];
  if (!model) throw notPrepared(`reference/${name}`);
  if (model.kind === 'adapter') {
    throw new ProblemError({
      code: 'reference_is_adapter',
      message: `The reference \`${name}\` is an adapter (${model.source}); only a full model can be scored alone.`,
      fix: 'Name a full checkpoint, or make it an expert.',
    });
  }
  const { embeddings, dtype } = header;
  return {
    key: mergeKey({ base: model.fingerprint, experts: [], method: null, seed: null, embeddings, dtype }),
    size: Object.keys(header.sizes)[0] ?? '',
    method: null,
    subset: [],
    seed: null,
    purpose: ['anchor'],
    draws: 0,
    reference: name,
  };
}

interface PlannedStep extends Step {
  readonly line: PlanLine;
}

/** Lines of one size. */
class LineMaker {
  readonly #experiment: Experiment;
  readonly #header: PlanHeader;
  readonly #design: SubsetDesign;
  readonly #size: string;
  /** Draws by members, for what the design holds. */
  readonly #draws = new Map<string, number>();

  constructor(experiment: Experiment, header: PlanHeader, design: SubsetDesign, size: string) {
    this.#experiment = experiment;
    this.#header = header;
    this.#design = design;
    this.#size = size;
    for (const stratum of design.strata.values()) {
      for (const { members, draws } of stratum.subsets) this.#draws.set(members.join(), draws);
    }
  }

  anchors(): PlanLine[] {
    const every = this.#experiment.pool.map((_, i) => i);
    const singles = every.map((i) => [i]);
    const unmerged = [[], ...singles].map((members) => this.#line(null, members, null, ['anchor']));
    const ends = every.length > 1 ? [...singles, every] : singles;
    const merged = this.#cells().flatMap(({ method, seed }) =>
      ends.map((members) => {
        const isDesign = this.#draws.has(members.join());
        return this.#line(method, members, seed, isDesign ? ['anchor', 'design'] : ['anchor']);
      }),
    );
    return [...unmerged, ...merged];
  }

  /** Merges of the design that are there at each look. */
  get looks(): readonly number[] {
    const cells = this.#cells().length;
    return this.#design.looks.map(
      (rounds) => cells * this.#design.rounds.slice(0, rounds).reduce((sum, round) => sum + round.length, 0),
    );
  }

  design(): PlannedStep[] {
    const cells = this.#cells();
    return this.#design.rounds.flatMap((round) =>
      cells.flatMap(({ method, seed }) =>
        round.map((members) => ({
          cell: `${method}/${seed}`,
          members,
          line: this.#line(method, members, seed, ['design']),
        })),
      ),
    );
  }

  #cells(): { method: number; seed: number | null }[] {
    return this.#experiment.methods.flatMap((spec, method) =>
      seedsOf(spec).map((seed) => ({ method, seed })),
    );
  }

  #line(method: number | null, members: Members, seed: number | null, purpose: readonly Purpose[]): PlanLine {
    const subset = members.map((i) => this.#experiment.pool[i] ?? '');
    const draws = purpose.includes('design') ? (this.#draws.get(members.join()) ?? 0) : 0;
    return makeLine(this.#header, { size: this.#size, method, subset, seed }, purpose, draws);
  }
}
