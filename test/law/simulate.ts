/** Draws one curve of a design: what an experiment would have measured, and what it would know of its errors. */
import type { CurveData } from '../../core/law/input.ts';
import type { Random } from '../../core/law/random.ts';
import { type Design, type Noise, trueLoss } from './designs.ts';

/** Replicates of the evaluation samples that accompany a simulated curve. */
const RESAMPLES = 300;

export interface Simulated {
  readonly data: CurveData;
  /** The curve of this pool, misfit included, over k = 1..M: what a measured loss is an estimate of. */
  readonly curve: Float64Array;
  /** Curves of the pools with one expert left out, where the interval is about the population. */
  readonly leaveOneOut: Float64Array | null;
}

export function simulate(design: Design, random: Random): Simulated {
  const { pool, k, base } = design;
  const curve = Float64Array.from(
    { length: pool },
    (_, i) => trueLoss(design, i + 1) + design.misfit * random.normal(),
  );
  const truth = Float64Array.from(k, (kk) => curve[kk - 1] ?? 0);
  const errors = errorsOf(design.noise, k, pool, truth, base ?? 0, random);
  const { leaveOneOut = null, ...known } = errors;
  const data: CurveData = {
    domain: null,
    N: null,
    pool,
    k,
    weights: null,
    baseReplicates: null,
    chosenBeatsBase: null,
    exhaustive: design.noise.kind !== 'subsets' && design.noise.kind !== 'permutations',
    replicates: null,
    ...known,
    base: base === null ? null : (errors.base ?? base),
  };
  return { data: base === null ? { ...data, baseReplicates: null } : data, curve, leaveOneOut };
}

type Errors = Pick<CurveData, 'mean' | 'covariance'> &
  Partial<CurveData> & { readonly leaveOneOut?: Float64Array };

function errorsOf(
  noise: Noise,
  k: readonly number[],
  pool: number,
  truth: Float64Array,
  base: number,
  random: Random,
): Errors {
  switch (noise.kind) {
    case 'known':
      return knownErrors(noise, k, truth, random);
    case 'unknown':
      return {
        mean: truth.map((loss, i) => loss + (noise.own / Math.sqrt(k[i] ?? 1)) * random.normal()),
        covariance: null,
      };
    case 'samples':
      return fromSamples(noise, k, truth, base, random);
    case 'subsets':
      return fromSubsets(noise, k, pool, truth, random);
    case 'population':
      return fromPopulation(noise, k, pool, truth, random);
    case 'permutations':
      return fromPermutations(noise, k, pool, truth, random);
  }
}

function knownErrors(
  noise: Noise & { kind: 'known' },
  k: readonly number[],
  truth: Float64Array,
  random: Random,
): Errors {
  const level = noise.shared * random.normal();
  const size = k.length;
  const covariance = new Float64Array(size * size).fill(noise.shared ** 2);
  k.forEach((kk, i) => {
    covariance[i * size + i] = noise.shared ** 2 + noise.own ** 2 / kk;
  });
  return {
    mean: truth.map((loss, i) => loss + level + (noise.own / Math.sqrt(k[i] ?? 1)) * random.normal()),
    covariance,
  };
}

/** Per-sample losses with a difficulty of their own; log-normal ones keep mean and variance. Column 0 is the base. */
function fromSamples(
  noise: Noise & { kind: 'samples' },
  k: readonly number[],
  truth: Float64Array,
  base: number,
  random: Random,
): Errors {
  const { n } = noise;
  const size = k.length + 1;
  const s2 = Math.log(1 + 1);
  const unit = () => (noise.skew ? Math.exp(Math.sqrt(s2) * random.normal() - s2 / 2) - 1 : random.normal());
  const rows = Array.from({ length: n }, () => {
    const level = noise.shared * unit();
    return Float64Array.from({ length: size }, (_, i) => {
      const own = noise.own / Math.sqrt(i === 0 ? 1 : (k[i - 1] ?? 1));
      return (i === 0 ? base : (truth[i - 1] ?? 0)) + level + own * unit();
    });
  });
  const mean = Float64Array.from(
    { length: size },
    (_, i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0) / n,
  );
  const covariance = new Float64Array(k.length ** 2);
  for (const row of rows)
    for (let a = 1; a < size; a++)
      for (let b = 1; b < size; b++)
        covariance[(a - 1) * k.length + b - 1] =
          (covariance[(a - 1) * k.length + b - 1] ?? 0) +
          (((row[a] ?? 0) - (mean[a] ?? 0)) * ((row[b] ?? 0) - (mean[b] ?? 0))) / (n * (n - 1));
  const replicates = new Float64Array(RESAMPLES * k.length);
  const baseReplicates = new Float64Array(RESAMPLES);
  for (let r = 0; r < RESAMPLES; r++) {
    const sum = new Float64Array(size);
    for (let s = 0; s < n; s++) {
      const row = rows[Math.floor(random.uniform() * n)];
      for (let i = 0; i < size; i++) sum[i] = (sum[i] ?? 0) + (row?.[i] ?? 0) / n;
    }
    baseReplicates[r] = sum[0] ?? 0;
    replicates.set(sum.slice(1), r * k.length);
  }
  return {
    mean: mean.slice(1),
    covariance,
    replicates,
    base: mean[0] ?? base,
    baseReplicates,
    degreesOfFreedom: new Float64Array(k.length).fill(n - 1),
  };
}

/** A draw without replacement from C(M, k) subsets whose losses have exactly the true mean. */
function fromSubsets(
  noise: Noise & { kind: 'subsets' },
  k: readonly number[],
  pool: number,
  truth: Float64Array,
  random: Random,
): Errors {
  const size = k.length;
  const level = noise.shared * random.normal();
  const mean = new Float64Array(size);
  const degreesOfFreedom = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const covariance = new Float64Array(size * size).fill(noise.shared ** 2);
  k.forEach((kk, i) => {
    let all = 1;
    for (let j = 1; j <= kk; j++) all = (all * (pool - kk + j)) / j;
    const count = Math.round(all);
    const n = Math.min(noise.perK, count);
    const sd = noise.spread * Math.sqrt((pool - kk) / (kk * (pool - 1)));
    const population = Array.from({ length: count }, () => sd * random.normal());
    const center = population.reduce((sum, x) => sum + x, 0) / count;
    // The first n of exchangeable draws are a sample without replacement.
    const drawn = population.slice(0, n).map((x) => x - center);
    const own = drawn.reduce((sum, x) => sum + x, 0) / n;
    mean[i] = (truth[i] ?? 0) + level + own;
    if (n < count) {
      const s2 = drawn.reduce((sum, x) => sum + (x - own) ** 2, 0) / (n - 1);
      covariance[i * size + i] = noise.shared ** 2 + (s2 / n) * (1 - n / count);
      degreesOfFreedom[i] = n - 1;
    }
  });
  return { mean, covariance, degreesOfFreedom };
}

/** Each permutation is one draw of a whole curve, whose steps die out towards k = M, where all permutations meet. */
function fromPermutations(
  noise: Noise & { kind: 'permutations' },
  k: readonly number[],
  pool: number,
  truth: Float64Array,
  random: Random,
): Errors {
  const size = k.length;
  const { count } = noise;
  const level = noise.shared * random.normal();
  const paths = Array.from({ length: count }, () => {
    // A bridge of means of draws without replacement: (S_k − k·S_M/M)/k
    const steps = Array.from({ length: pool }, () => noise.spread * random.normal());
    const total = steps.reduce((sum, x) => sum + x, 0);
    let partial = 0;
    return steps.map((step, i) => {
      partial += step;
      return partial / (i + 1) - total / pool;
    });
  });
  const at = (path: readonly number[], i: number) => path[(k[i] ?? 1) - 1] ?? 0;
  const own = Float64Array.from(k, (_, i) => paths.reduce((sum, path) => sum + at(path, i), 0) / count);
  const covariance = new Float64Array(size * size).fill(noise.shared ** 2);
  for (const path of paths)
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++)
        covariance[a * size + b] =
          (covariance[a * size + b] ?? 0) +
          ((at(path, a) - (own[a] ?? 0)) * (at(path, b) - (own[b] ?? 0))) / (count * (count - 1));
  return {
    mean: truth.map((loss, i) => loss + level + (own[i] ?? 0)),
    covariance,
    degreesOfFreedom: new Float64Array(size).fill(count - 1),
  };
}

/** A pool of experts x_i, and L(S) = L + u·x̄ + ½·x̄ᵀx̄: its means over all subsets of size k in closed form. */
function fromPopulation(
  noise: Noise & { kind: 'population' },
  k: readonly number[],
  pool: number,
  truth: Float64Array,
  random: Random,
): Errors {
  const { dimensions, level } = noise;
  // truth = Linf + A/k, so A follows from any two of its points.
  const [k1 = 1, k2 = 2] = k;
  const A = ((truth[0] ?? 0) - (truth[1] ?? 0)) / (1 / k1 - 1 / k2);
  const Linf = (truth[0] ?? 0) - A / k1;
  const sd = Math.sqrt((2 * A) / dimensions);
  const experts = Array.from({ length: pool }, () =>
    Array.from({ length: dimensions }, () => sd * random.normal()),
  );
  const u = level / (sd * Math.sqrt(dimensions));
  const curve = (members: readonly (readonly number[])[]) => {
    const size = members.length;
    let linear = 0;
    let center = 0;
    let spread = 0;
    for (let d = 0; d < dimensions; d++) {
      const mean = members.reduce((sum, x) => sum + (x[d] ?? 0), 0) / size;
      linear += u * mean;
      center += 0.5 * mean * mean;
      spread += (0.5 * members.reduce((sum, x) => sum + ((x[d] ?? 0) - mean) ** 2, 0)) / size;
    }
    return Float64Array.from(k, (kk) =>
      kk > size ? Number.NaN : Linf + linear + center + (spread * (size - kk)) / (kk * (size - 1)),
    );
  };
  const errors = knownErrors({ ...noise, kind: 'known' }, k, new Float64Array(k.length), random);
  const add = (values: Float64Array) => values.map((value, i) => value + (errors.mean[i] ?? 0));
  const leaveOneOut = new Float64Array(pool * k.length);
  experts.forEach((_, left) => {
    leaveOneOut.set(add(curve(experts.filter((__, i) => i !== left))), left * k.length);
  });
  return { mean: add(curve(experts)), covariance: errors.covariance, leaveOneOut };
}
