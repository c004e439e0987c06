/**
 * A world whose truth is known: experts are task vectors in a small space, the loss of a domain is quadratic in the
 * merged update, and evaluation samples differ in difficulty and in what they gain from each direction.
 */
import { planSweep } from '../../core/design/sweep.ts';
import type { Experiment, Method, Subsets } from '../../core/experiment/experiment.ts';
import { type Random, seededRandom } from '../../core/law/random.ts';
import type { EvaluationInfo, ReportInput, Results, Score } from '../../core/report/input.ts';
import { normalised } from '../../core/selection/samples.ts';
import { digest } from '../../core/store/canonical.ts';
import type {
  EvaluationId,
  Fingerprint,
  MergeKey,
  Plan,
  PlanId,
  PlanLine,
  Prepared,
  PreparedModel,
} from '../../core/store/format.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly experts: number;
  readonly domains: number;
  /** Of each domain, or of all alike. */
  readonly samples: number | readonly number[];
  /** Of each domain in the objective; equal ones where there are none. */
  readonly weights?: readonly number[] | null;
  /** Spread between experts; the shared direction has length 1. */
  readonly spread?: number;
  /** Standard deviation of a sample's own difficulty, nats per token. */
  readonly difficulty?: number;
  /** Standard deviation of a sample's own taste for each direction. */
  readonly taste?: number;
  /** Standard deviation of a sample's own scale, relative: how much more or less of the loss it feels. */
  readonly feeling?: number;
  /** What the shared direction gains: negative makes every merge worse than the base. */
  readonly gain?: number;
  /** Extra noise of an expert's mask, by seed. */
  readonly maskNoise?: number;
  /** Whether merging by `task_arithmetic` heeds its scale; else all methods give the same losses. */
  readonly scaled?: boolean;
  /** Deviation of single merges from what is smooth in their weights, by domain: nats per token. */
  readonly rough?: number;
}

const DIMENSIONS = 6;

/** The domains of a world are fixed by `seed`, its experts by `expertSeed`, its evaluation samples by `sampleSeed`. */
export class World {
  readonly pool: readonly string[];
  readonly domains: readonly string[];
  readonly options: Required<WorldOptions>;
  readonly #vectors: readonly (readonly number[])[];
  readonly #optimum: readonly (readonly number[])[];
  readonly #samples: readonly {
    tokens: Float64Array;
    own: Float64Array;
    taste: Float64Array;
    feeling: Float64Array;
  }[];

  constructor(options: WorldOptions, sampleSeed: number = options.seed, expertSeed: number = options.seed) {
    this.options = {
      spread: 0.8,
      difficulty: 0.3,
      taste: 0.1,
      feeling: 0.3,
      gain: 1,
      maskNoise: 0,
      scaled: false,
      weights: null,
      rough: 0,
      ...options,
    };
    const { experts, domains, samples, spread, gain } = this.options;
    this.pool = Array.from({ length: experts }, (_, i) => `e${i}`);
    this.domains = Array.from({ length: domains }, (_, d) => `d${d}`);
    const random = seededRandom(options.seed);
    const ofExperts = seededRandom(expertSeed + 2e6);
    this.#vectors = this.pool.map(() => direction(ofExperts, spread).map((x, i) => x + (i === 0 ? 1 : 0)));
    this.#optimum = this.domains.map(() => direction(random, 0.3).map((x, i) => x + (i === 0 ? gain : 0)));
    const draws = seededRandom(sampleSeed + 1e6);
    this.#samples = this.domains.map((_, d) => {
      const length = typeof samples === 'number' ? samples : (samples[d] ?? raise());
      return {
        tokens: Float64Array.from({ length }, () => 5 + Math.floor(30 * draws.uniform())),
        own: Float64Array.from({ length }, () => this.options.difficulty * draws.normal()),
        taste: Float64Array.from({ length: length * DIMENSIONS }, () => this.options.taste * draws.normal()),
        feeling: Float64Array.from({ length }, () => 1 + this.options.feeling * draws.normal()),
      };
    });
  }

  /**
   * Expected loss of each domain over all samples there could be, nats per token.
   * @param scale of the merged update, as `task_arithmetic` has it
   */
  truth(members: readonly number[], seed: number | null = null, scale = 1): number[] {
    return this.#truthAt(this.#update(members, seed, scale), this.#roughness(members));
  }

  /** Shape (D). */
  #roughness(members: readonly number[]): number[] {
    const { rough } = this.options;
    if (rough === 0 || members.length === 0) return this.domains.map(() => 0);
    const random = seededRandom(members.reduce((hash, i) => Math.imul(hash ^ (i + 1), 0x9e3779b1), 7));
    return this.domains.map(() => rough * random.normal());
  }

  #truthAt(x: readonly number[], roughness: readonly number[] = []): number[] {
    return this.domains.map((_, d) => {
      const optimum = this.#optimum[d] ?? [];
      const apart = x.reduce((sum, value, i) => sum + (value - (optimum[i] ?? 0)) ** 2, 0);
      return 1 + 0.3 * apart + (roughness[d] ?? 0);
    });
  }

  /** Weighted mean of the truth over the domains. */
  macro(members: readonly number[], seed: number | null = null, scale = 1): number {
    return this.#meanOf(this.truth(members, seed, scale));
  }

  /** The same of θ0 + Σ w·v, with a weight for each expert. */
  macroOf(weights: readonly number[]): number {
    return this.#meanOf(this.#truthAt(this.#weightedUpdate([...weights.keys()], weights)));
  }

  #meanOf(losses: readonly number[]): number {
    const weights = normalised(this.weights);
    return losses.reduce((sum, loss, d) => sum + (weights[d] ?? 0) * loss, 0);
  }

  /** Of the domains in the objective. */
  get weights(): readonly number[] {
    return this.options.weights ?? this.domains.map(() => 1);
  }

  /** Mean of the true macro loss over all subsets of size k. */
  typical(k: number, scale = 1): number {
    const subsets = subsetsOf(this.pool.length, k);
    return subsets.reduce((sum, members) => sum + this.macro(members, null, scale), 0) / subsets.length;
  }

  /** Mean of the true loss of one domain over all subsets of size k. */
  typicalOn(d: number, k: number): number {
    const subsets = subsetsOf(this.pool.length, k);
    return subsets.reduce((sum, members) => sum + (this.truth(members)[d] ?? raise()), 0) / subsets.length;
  }

  /** Loss on the samples that there are. Absent weights are those of an average. */
  measured(members: readonly number[], weights: readonly number[] | null = null): number {
    const domains = normalised(this.weights);
    return this.domains.reduce((sum, _, d) => {
      const { nll, tokens } = weights ? this.weighted(members, weights, d) : this.score(members, d);
      return sum + ((domains[d] ?? 0) * nll) / tokens;
    }, 0);
  }

  /** Mean of the true macro loss over k experts drawn from where all experts come from. */
  population(k: number): number {
    const { spread } = this.options;
    const centre = this.domains.map((_, d) =>
      (this.#optimum[d] ?? []).reduce((sum, value, i) => sum + ((i === 0 ? 1 : 0) - value) ** 2, 0),
    );
    const mean = centre.reduce((sum, value) => sum + value, 0) / centre.length;
    return 1 + 0.3 * (mean + (DIMENSIONS * spread ** 2) / k);
  }

  score(members: readonly number[], d: number, seed: number | null = null, scale = 1): Score {
    return this.#scoreAt(this.#update(members, seed, scale), d, this.#roughness(members));
  }

  /** Of θ0 + Σ w·v. */
  weighted(members: readonly number[], weights: readonly number[], d: number): Score {
    return this.#scoreAt(this.#weightedUpdate(members, weights), d);
  }

  #weightedUpdate(members: readonly number[], weights: readonly number[]): number[] {
    return Array.from({ length: DIMENSIONS }, (_, i) =>
      members.reduce((sum, member, at) => sum + (weights[at] ?? 0) * (this.#vectors[member]?.[i] ?? 0), 0),
    );
  }

  #scoreAt(x: readonly number[], d: number, roughness?: readonly number[]): Score {
    const { tokens, own, taste, feeling } = this.#samples[d] ?? raise();
    const loss = this.#truthAt(x, roughness)[d] ?? raise();
    const perSample = Float32Array.from(tokens, (t, s) => {
      const liking = x.reduce((sum, value, i) => sum + value * (taste[s * DIMENSIONS + i] ?? 0), 0);
      return t * (loss * (feeling[s] ?? 1) + (own[s] ?? 0) + liking);
    });
    return {
      nll: perSample.reduce((sum, value) => sum + value, 0),
      tokens: tokens.reduce((sum, t) => sum + t, 0),
      perSample,
    };
  }

  evaluations(): Map<string, EvaluationInfo> {
    return new Map(
      this.domains.map((name, d) => {
        const { tokens } = this.#samples[d] ?? raise();
        return [
          name,
          {
            samples: tokens.length,
            scored_tokens: tokens.reduce((sum, t) => sum + t, 0),
            truncated: 0,
            excluded: 0,
            tokens,
          },
        ] as const;
      }),
    );
  }

  #update(members: readonly number[], seed: number | null, scale: number): number[] {
    const sum = new Array<number>(DIMENSIONS).fill(0);
    for (const member of members) {
      // An expert's mask noise depends on the seed and the expert alone, as in the agent.
      const noise = seed === null ? null : seededRandom(7919 * seed + member);
      for (let i = 0; i < DIMENSIONS; i++) {
        sum[i] =
          (sum[i] ?? 0) +
          (this.#vectors[member]?.[i] ?? 0) +
          (noise ? this.options.maskNoise * noise.normal() : 0);
      }
    }
    return sum.map((value) => (members.length > 0 ? (scale * value) / members.length : 0));
  }
}

function direction(random: Random, scale: number): number[] {
  return Array.from({ length: DIMENSIONS }, () => scale * random.normal());
}

function raise(): never {
  throw new RangeError('outside the world');
}

export function subsetsOf(n: number, k: number): number[][] {
  const all: number[][] = [];
  for (let mask = 0; mask < 2 ** n; mask++) {
    const members = Array.from({ length: n }, (_, i) => i).filter((i) => (mask >> i) & 1);
    if (members.length === k) all.push(members);
  }
  return all;
}

export interface SweepOptions {
  readonly subsets?: Subsets;
  readonly k?: readonly number[];
  readonly methods?: readonly Method[];
  readonly goals?: Partial<Experiment['goals']>;
  readonly seed?: number;
}

export function experimentOf(
  world: Pick<World, 'pool' | 'domains'> & Partial<Pick<World, 'weights'>>,
  options: SweepOptions = {},
): Experiment {
  return {
    version: 1,
    kind: 'merge',
    name: 'world',
    sizes: [
      { name: 'default', base: './base', experts: new Map(world.pool.map((name) => [name, `./${name}`])) },
    ],
    pool: world.pool,
    embeddings: 'exact',
    methods: options.methods ?? [{ method: 'average', compatibility: 'none' }],
    evaluation: {
      domains: new Map(world.domains.map((name) => [name, `./${name}.json`])),
      max_length: 2048,
      max_tokens_per_domain: null,
      chat_template: 'auto',
      dtype: 'auto',
      downstream: [],
    },
    sweep: {
      k: options.k ?? world.pool.map((_, i) => i + 1),
      subsets: options.subsets ?? { kind: 'all' },
      seed: options.seed ?? 0,
    },
    goals: {
      goal: { rule: 'within', value: 0.01 },
      pick: null,
      weights: new Map(world.domains.map((name, d) => [name, world.weights?.[d] ?? 1])),
      must_include: [],
      must_exclude: [],
      interval: 'pool',
      method: null,
      size: null,
      ...options.goals,
    },
    references: [],
    budget: null,
    merge: null,
    target: 'local',
  };
}

/** Each size has twice the parameters of the one before. */
function model(name: string, size: number): PreparedModel {
  return {
    fingerprint: digest(size === 0 ? name : [name, size]) as Fingerprint,
    path: `/models/${name}`,
    source: `./${name}`,
    kind: 'checkpoint',
    parameters: 1e6 * 2 ** size,
    bytes: 2e6,
    dtype: 'float32',
    architecture: 'Tiny',
    vocabulary: 100,
    tied_embeddings: true,
    distance: null,
  };
}

export function planOf(experiment: Experiment): Plan {
  const prepared: Prepared = {
    models: Object.fromEntries(
      experiment.sizes.flatMap(({ name: size }, i) => [
        [`${size}/base`, model('base', i)] as const,
        ...experiment.pool.map((name) => [`${size}/expert/${name}`, model(name, i)] as const),
      ]),
    ),
    evaluations: Object.fromEntries(
      [...experiment.evaluation.domains.keys()].map((name) => [
        name,
        {
          id: digest(`evaluation ${name}`) as EvaluationId,
          file: `/eval/${name}.json`,
          samples: 1,
          tokens: 1,
          scored_tokens: 1,
          bytes: 1,
          truncated: 0,
          excluded: 0,
          rendering: 'plain',
        },
      ]),
    ),
    dtype: { value: 'float32', reason: 'test' },
    device: { name: 'cpu', description: 'cpu' },
    batch_tokens: 8192,
    estimate: null,
    problems: [],
    warnings: [],
  };
  const sweep = planSweep(experiment, prepared);
  return { ...sweep, id: digest(sweep) as PlanId };
}

/** The store of a world: lines of plans are scored as they are fed. */
export class WorldResults implements Results {
  readonly #world: World;
  readonly #scores = new Map<string, Score>();
  readonly #failed = new Set<MergeKey>();

  constructor(world: World) {
    this.#world = world;
  }

  feed(plan: Plan, lines: readonly PlanLine[] = plan.lines): this {
    for (const line of lines) {
      const members = line.subset.map((name) => this.#world.pool.indexOf(name));
      // A random method's noise; an unmerged model has none.
      const seed = line.method === null ? null : line.seed;
      const method = line.method === null ? undefined : plan.header.methods[line.method];
      const scale = method?.method === 'task_arithmetic' && this.#world.options.scaled ? method.scale : 1;
      for (const [name, id] of Object.entries(plan.header.evaluations)) {
        const d = this.#world.domains.indexOf(name);
        if (this.#scores.has(`${line.key}/${id}`)) continue;
        const score = line.weights
          ? this.#world.weighted(members, line.weights, d)
          : this.#world.score(members, d, seed, scale);
        this.#scores.set(`${line.key}/${id}`, score);
      }
    }
    return this;
  }

  fail(key: MergeKey): void {
    this.#failed.add(key);
  }

  replace(key: MergeKey, id: EvaluationId, score: Score): void {
    this.#scores.set(`${key}/${id}`, score);
  }

  get(key: MergeKey, evaluation: EvaluationId): Score | undefined {
    return this.#scores.get(`${key}/${evaluation}`);
  }

  failure(key: MergeKey): unknown {
    return this.#failed.has(key) ? { code: 'failed' } : undefined;
  }
}

/** A report's input with the first `lines` of the plan measured (default all). */
export function inputOf(
  world: World,
  options: SweepOptions = {},
  lines?: number,
): ReportInput & { readonly results: WorldResults } {
  const experiment = experimentOf(world, options);
  const plan = planOf(experiment);
  return {
    experiment,
    plan,
    results: new WorldResults(world).feed(plan, plan.lines.slice(0, lines ?? plan.lines.length)),
    evaluations: world.evaluations(),
    otherPlans: [],
  };
}
