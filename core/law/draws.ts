import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { throwIfCancelled } from './cancelled.ts';
import { type Choice, rivalsOf } from './form-choice.ts';
import type { FitOptions } from './input.ts';
import type { Jackknife } from './jackknife.ts';
import { parametersOf, predict } from './least-squares.ts';
import { type Random, seededRandom } from './random.ts';
import type { TypicalCurve } from './rules.ts';
import type { UsablePoints } from './usable-points.ts';
import { at, whiten, whitening } from './whitening.ts';

/** Drawn where no replicates are given. */
const DRAWS = 1000;

/**
 * Replicates of a typical curve: the paired ones where they are given, else normal ones from the covariance or the
 * residuals. Where the curve comes from a law, that is fitted again to each, the rivals of the form used taking turns,
 * so that not knowing the form is part of the answer. None where nothing is known of the errors.
 */
export function* drawCurves(
  points: UsablePoints,
  choice: Choice,
  typical: TypicalCurve,
  options: FitOptions,
  knife: Jackknife | null,
): Generator<TypicalCurve> {
  const { k, pool } = points;
  const random = seededRandom(options.seed);
  const measured = k.length === pool;
  const refits = !measured || options.goal.rule === 'epsilon';
  const laws = refits ? rivalsOf(choice, points, options.form) : [];
  if (refits && laws.length === 0) return;
  const noise = noiseOf(points, choice, random);
  if (!noise) return;

  const ks = Array.from({ length: pool }, (_, i) => i + 1);
  const deviations = knife?.deviations(ks) ?? null;
  const z = new Float64Array(k.length);
  const count = points.replicates.length || DRAWS;
  for (let r = 0; r < count; r++) {
    if (r % 100 === 0) throwIfCancelled(options.cancelled);
    const turn = laws[r % laws.length]?.estimate ?? null;
    const y = noise(r, measured ? 0 : (turn?.misfit ?? 0));
    let law = null;
    if (turn) {
      whiten(turn.whitening, y, z, k.length);
      law = turn.fitter.fit(z, k.length, 1e-5);
    }
    const losses = measured ? y : Float64Array.from(ks, (kk) => (law ? predict(law, kk) : 0));
    const floor = law && typical.floor !== null ? (parametersOf(law)['Linf'] ?? null) : null;
    const shift = deviations && expertNoise(deviations, random);
    yield {
      losses: shift ? losses.map((loss, i) => loss + (shift[i] ?? 0)) : losses,
      base: typical.base === null ? null : (points.baseReplicates[r] ?? typical.base),
      floor,
      chosenBeatsBase: typical.chosenBeatsBase,
    };
  }
}

/** One set of losses by replicate number, with a misfit of that variance; null where nothing is known of their errors. */
function noiseOf(
  points: UsablePoints,
  choice: Choice,
  random: Random,
): ((replicate: number, misfit: number) => Float64Array) | null {
  const { k, y, C, known, df, replicates } = points;
  const size = k.length;
  const g = new Float64Array(size);
  const normals = () => {
    for (let i = 0; i < size; i++) g[i] = random.normal();
    return g;
  };
  // A variance known by n degrees of freedom is as uncertain as n/χ²(n).
  const widening = (n: number) => (Number.isFinite(n) ? Math.sqrt(n / random.chiSquared(n)) : 1);
  const estimate = choice.used?.estimate ?? null;
  const free = size - (estimate?.fit.p ?? size);
  const addMisfit = (row: Float64Array, misfit: number) => {
    if (misfit <= 0 || free <= 0) return row;
    const wide = Math.sqrt(misfit) * widening(free);
    for (let i = 0; i < size; i++) row[i] = at(row, i) + wide * random.normal();
    return row;
  };

  if (replicates.length > 0) {
    const root = known ? positiveRoot(beyond(C, replicates, size), size) : null;
    return (r, misfit) => {
      const row = (replicates[r] ?? y).slice();
      if (root) addProduct(row, root, normals());
      return addMisfit(row, misfit);
    };
  }
  const scale = known ? 1 : (estimate?.scale ?? null);
  if (scale === null) return null;
  const w = whitening(C, size, 0);
  const freedom = known ? Math.min(...df) : free;
  return (_, misfit) => {
    const wide = Math.sqrt(scale) * widening(freedom);
    const row = colour(w.inverse, normals());
    for (let i = 0; i < size; i++) row[i] = at(y, i) + wide * at(row, i);
    return addMisfit(row, misfit);
  };
}

/** x with S⁻¹·x = g: noise of the covariance that S⁻¹ whitens. */
function colour(inverse: Float64Array, g: Float64Array): Float64Array {
  const size = g.length;
  const x = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = g[i] ?? 0;
    for (let j = 0; j < i; j++) sum -= at(inverse, i * size + j) * at(x, j);
    x[i] = sum / at(inverse, i * size + i);
  }
  return x;
}

/** The covariance that the replicates do not carry: C − their own. */
function beyond(C: Float64Array, replicates: readonly Float64Array[], size: number): Float64Array {
  const mean = new Float64Array(size);
  for (const row of replicates)
    for (let i = 0; i < size; i++) mean[i] = at(mean, i) + at(row, i) / replicates.length;
  const rest = C.slice();
  const share = 1 / Math.max(1, replicates.length - 1);
  for (const row of replicates)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        rest[i * size + j] =
          at(rest, i * size + j) - share * (at(row, i) - at(mean, i)) * (at(row, j) - at(mean, j));
  return rest;
}

/** A root of the positive part of a symmetric matrix, columns scaled eigenvectors; null where it has none. */
function positiveRoot(S: Float64Array, size: number): readonly Float64Array[] | null {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    Matrix.from1DArray(size, size, S),
    { assumeSymmetric: true },
  );
  const columns = realEigenvalues.flatMap((value, column) =>
    value > 0
      ? [Float64Array.from({ length: size }, (_, i) => Math.sqrt(value) * eigenvectorMatrix.get(i, column))]
      : [],
  );
  return columns.length > 0 ? columns : null;
}

function addProduct(row: Float64Array, root: readonly Float64Array[], g: Float64Array): void {
  root.forEach((column, index) => {
    for (let i = 0; i < row.length; i++) row[i] = at(row, i) + (g[index] ?? 0) * at(column, i);
  });
}

/** One draw of what other experts would have changed, by k. */
function expertNoise(deviations: readonly (readonly number[])[], random: Random): number[] {
  const df = deviations.length - 1;
  const wide = Math.sqrt(df / random.chiSquared(df));
  const shift = (deviations[0] ?? []).map(() => 0);
  for (const row of deviations) {
    const g = wide * random.normal();
    row.forEach((value, i) => {
      shift[i] = (shift[i] ?? 0) + g * value;
    });
  }
  return shift;
}
