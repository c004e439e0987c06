/** The surrogate of a pool's merges: loss as a smooth function of the merge weights (mathematics §4). */
import { counted } from '../../words/numbers.ts';
import type { Problem } from '../problem.ts';
import { basisSize } from './basis.ts';
import type { Factors } from './factors.ts';
import { fitProcess } from './fit-process.ts';
import { groupsOf } from './groups.ts';
import { lengthsVary, nameOf, type SurrogateMerge } from './merge.ts';
import type { SurrogateModel } from './model.ts';
import { type Fitted, fitPolynomial } from './polynomial.ts';
import { trendSize } from './process.ts';
import { type Agreement, agreementWithin } from './within.ts';

/** Below this many merges a coefficient the polynomial follows single merges. */
const MERGES_PER_COEFFICIENT = 1.5;
/** Above this pool the polynomial's coefficients outnumber what one measures. */
const LARGEST_POLYNOMIAL_POOL = 12;
/** A process of n merges takes n³; with more, there are enough for the polynomial, or a sample of them serves. */
const LARGEST_PROCESS = 800;
/** Merges a coefficient of the process's trend: with fewer, its intervals covered 71 to 79% in simulation. */
const MERGES_PER_TREND = 5;
/** R² within k, each merge predicted without itself: below it, nothing is predicted. */
export const LEAST_R2 = 0.9;

export interface Surrogate {
  readonly kind: 'fitted';
  readonly pool: number;
  readonly model: SurrogateModel;
  /** Fits of the same kind without one tenth of the merges each, anchors kept: the delete-a-tenth jackknife. */
  readonly replicates: readonly Replicate[];
  readonly agreement: Agreement;
  /** Merges that it rests on. */
  readonly merges: number;
  /** Losses are foretold as differences from the base's. */
  readonly varying: boolean;
}

export interface Replicate {
  readonly model: SurrogateModel;
  /** Names of the merges that it has not seen (`nameOf`). */
  readonly without: readonly string[];
  /** Those that it rests on. Shape (n). */
  readonly merges: readonly SurrogateMerge[];
  readonly factors: Factors;
}

/** No predictions, and why. */
export interface NoSurrogate {
  readonly kind: 'refused';
  readonly problem: Problem;
  /** What was reached, where a fit was possible. */
  readonly agreement: Agreement | null;
}

/**
 * Fits losses of one domain, or of one weighting of the domains; the same merges in any order give the same digits.
 * A polynomial by least squares; a Gaussian process below 1.5 merges a coefficient, above 12 experts, and where the
 * merges leave coefficients open. The whole is refused below R² 0.9 within k.
 *
 * @param merges distinct points, k ≥ 1; more than 800 of a large pool are thinned to a spread sample
 * @param base L(θ0), nats per token: needed where the length Σα differs between merges, else unused
 */
export function fitSurrogate(
  merges: readonly SurrogateMerge[],
  pool: number,
  base: number | null,
  seed: number,
): Surrogate | NoSurrogate {
  const problem = problemWith(merges, pool, base);
  if (problem) return { kind: 'refused', problem, agreement: null };
  const origin = lengthsVary(merges) ? base : null;
  const sorted = sortedMerges(merges);
  const found = fitted(sorted, pool, origin, seed);
  if (!found) return { kind: 'refused', problem: undetermined(merges.length), agreement: null };
  const { whole, replicates, used } = found;
  const agreement = agreementWithin(used, whole.leftOut);
  if (!(agreement.r2 !== null && agreement.r2 >= LEAST_R2))
    return { kind: 'refused', problem: disagrees(agreement), agreement };
  return {
    kind: 'fitted',
    pool,
    model: whole.model,
    replicates,
    agreement,
    merges: used.length,
    varying: origin !== null,
  };
}

interface Found {
  readonly whole: Fitted<SurrogateModel>;
  readonly replicates: readonly Replicate[];
  readonly used: readonly SurrogateMerge[];
}

function fitted(
  merges: readonly SurrogateMerge[],
  pool: number,
  base: number | null,
  seed: number,
): Found | null {
  const enough = merges.length >= MERGES_PER_COEFFICIENT * basisSize(pool, base !== null);
  const polynomialFirst = enough && (pool <= LARGEST_POLYNOMIAL_POOL || merges.length > LARGEST_PROCESS);
  const polynomial = polynomialFirst ? withReplicates(fitPolynomial, merges, pool, base, seed) : null;
  if (polynomial) return polynomial;
  const every = Math.ceil(merges.length / LARGEST_PROCESS);
  return withReplicates(fitProcess, merges, pool, base, seed, every);
}

/**
 * One fit to every `every`-th merge, and one for each tenth that does not see it. Tenths are of all merges: also one that
 * the fit does not use has a replicate that it can judge.
 */
function withReplicates<T extends SurrogateModel>(
  fitOne: (merges: readonly SurrogateMerge[], pool: number, base: number | null) => Fitted<T> | null,
  merges: readonly SurrogateMerge[],
  pool: number,
  base: number | null,
  seed: number,
  every = 1,
): Found | null {
  const used = merges.filter((_, i) => i % every === 0);
  const whole = fitOne(used, pool, base);
  if (!whole) return null;
  const replicates: Replicate[] = [];
  for (const group of groupsOf(merges, pool, seed)) {
    const left = merges.filter((_, i) => i % every === 0 && !group.has(i));
    const replicate = fitOne(left, pool, base);
    if (!replicate) return null;
    replicates.push({
      model: replicate.model,
      without: [...group].map((i) => nameOf(merges[i] as SurrogateMerge)),
      merges: left,
      factors: replicate.factors,
    });
  }
  return { whole, replicates, used };
}

/** By size, then members, then step. */
function sortedMerges(merges: readonly SurrogateMerge[]): SurrogateMerge[] {
  return [...merges].sort(
    (a, b) => a.members.length - b.members.length || compare(a.members, b.members) || a.step - b.step,
  );
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((member, i) => member !== b[i]);
  return at === -1 ? 0 : (a[at] as number) - (b[at] as number);
}

function problemWith(merges: readonly SurrogateMerge[], pool: number, base: number | null): Problem | null {
  const bad = merges.find(({ loss, step }) => !Number.isFinite(loss) || !Number.isFinite(step));
  if (bad) {
    return {
      code: 'loss_not_finite',
      message: `The merge of experts ${bad.members.join(', ')} has the loss ${bad.loss} at step ${bad.step}.`,
      fix: 'Leave merges out that diverged.',
    };
  }
  const needed = MERGES_PER_TREND * trendSize(pool);
  if (merges.length < needed) {
    return {
      code: 'too_few_merges',
      message: `${counted(merges.length, 'merge')} ${merges.length === 1 ? 'is' : 'are'} measured; predictions for a pool of ${pool} need ${needed}.`,
      fix: `Measure ${needed - merges.length} more.`,
    };
  }
  if (lengthsVary(merges) && !Number.isFinite(base ?? Number.NaN)) {
    return {
      code: 'base_not_measured',
      message: 'The length of the merged update differs between merges, and the base has no loss.',
      fix: 'Measure the base: losses are predicted as differences from it.',
    };
  }
  return null;
}

function undetermined(count: number): Problem {
  return {
    code: 'merges_alike',
    message: `The ${count} merges are too much alike to tell the experts apart.`,
    fix: 'Measure subsets in which each expert is sometimes there and sometimes not.',
  };
}

function disagrees({ r2 }: Agreement): Problem {
  return {
    code: 'predicts_poorly',
    message:
      r2 === null
        ? 'No size has two measured subsets to compare predictions with.'
        : `Measured merges, each predicted from the others, agree with R² ${r2.toFixed(2)} within k; ${LEAST_R2} is needed.`,
    fix: 'Measure more subsets; for methods such as ties the loss may not be smooth in the weights.',
  };
}
