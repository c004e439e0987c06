/** The joint law fitted to several sizes, with the errors it implies. */
import { residualScale } from '../usable-points.ts';
import { descend } from './descend.ts';
import { FLOOR, GAMMA, JointModel, type Linear, OFFSET, type OffsetForm } from './joint-model.ts';
import { JointProblem } from './joint-problem.ts';
import { misfitVariance } from './misfit.ts';
import { type SizePoints, sizeWhitenings } from './points.ts';

/** Parameters: L*, B, β, A0, γ, b. */
export const JOINT_PARAMETERS = 6;

/** Those that fix no level: A0, γ, b. */
const SHAPES = 3;

/** Floors of fewer sizes than L*, B and β are no law. */
export const FEWEST_SIZES = 3;

export interface JointFit {
  readonly form: OffsetForm;
  readonly model: JointModel;
  readonly problem: JointProblem;
  readonly points: SizePoints;
  /** Shapes: t of b, t of β, γ. */
  readonly x: Float64Array;
  readonly linear: Linear;
  /** Whitened residual sum of squares. */
  readonly rss: number;
  /** τ², nats²: variance around the law beyond the known errors; 0 where errors are unknown. */
  readonly misfit: number;
  /** Residual degrees of freedom. */
  readonly free: number;
  /** Whitened residual variance: 1 where errors are known, null without residual degrees of freedom. */
  readonly scale: number | null;
}

/** The law's value, nats. */
export function predictJoint(
  { model, x, linear }: Pick<JointFit, 'model' | 'x' | 'linear'>,
  N: number,
  k: number,
): number {
  return model.floorAt(x, linear, N) + model.tailAt(x, linear, N) / (k + model.b(x));
}

/** Places along each shape from which starts are tried, as shares of the box. */
const STARTS = {
  [OFFSET]: [0, 0.15, 0.35, 0.6, 0.9],
  [FLOOR]: [0.2, 0.5, 0.8, 0.95],
  [GAMMA]: [0, 0.02, 0.1, 0.4],
};
/** How many of them are followed down to the fit itself. */
const FOLLOWED = 3;

/** Tolerances, in shares of the box: while the misfit variance is still sought, and of the fit itself. */
const ROUGH = 1e-4;
const FINE = 1e-10;

/**
 * Null with fewer than three sizes, fewer points than parameters, or k's that do not differ. Weights are the errors of
 * each size; a misfit variance is added where they are known and smaller than the residuals.
 */
export function fitJoint(points: SizePoints, form: OffsetForm): JointFit | null {
  const count = points.y.length;
  if (points.N.length < FEWEST_SIZES || count < JOINT_PARAMETERS || points.smallestK === points.largestK)
    return null;
  const model = new JointModel(points, form);
  let misfit = 0;
  let fit = fitWith(points, model, form, 0, null, points.known ? ROUGH : FINE);
  if (!points.known) return fit;
  for (let i = 0; i < 12 && fit.free > 0; i++) {
    const next = misfitVariance(points, (s, k) => predictJoint(fit, points.N[s] ?? 1, k), SHAPES);
    if (Math.abs(next - misfit) <= 1e-3 * misfit) break;
    misfit = next;
    fit = fitWith(points, model, form, misfit, fit.x, ROUGH);
  }
  // The weights have moved since the starts were tried.
  return fitWith(points, model, form, misfit, null, FINE);
}

/** `start` null: from the best of a grid. */
function fitWith(
  points: SizePoints,
  model: JointModel,
  form: OffsetForm,
  misfit: number,
  start: Float64Array | null,
  tolerance: number,
): JointFit {
  const problem = new JointProblem(points, model, sizeWhitenings(points, misfit));
  const z = problem.whitened(points.y);
  const { x, linear, rss } = minimum(
    problem,
    z,
    start ? [start] : startsOf(problem, z).slice(0, tolerance === ROUGH ? 1 : FOLLOWED),
    tolerance,
  );
  const free = points.y.length - JOINT_PARAMETERS;
  const scale = residualScale(points, rss, free);
  return { form, model, problem, points, x, linear, rss, misfit, free, scale };
}

/** The smallest of the minima below the starts. `tolerance` is in shares of the box. */
export function minimum(
  problem: JointProblem,
  z: Float64Array,
  starts: readonly Float64Array[],
  tolerance = FINE,
): { x: Float64Array; linear: Linear; rss: number } {
  let best: { x: Float64Array; rss: number } = { x: new Float64Array(3), rss: Number.POSITIVE_INFINITY };
  const residuals = (x: Float64Array, out: Float64Array) => problem.residuals(z, x, out);
  for (const start of starts) {
    const found = descend(residuals, z.length, start, problem.model.box, tolerance);
    if (found.rss < best.rss) best = found;
  }
  const rss = residuals(best.x, new Float64Array(z.length));
  return { x: best.x, linear: problem.linear, rss };
}

/** The grid, best first. */
function startsOf(problem: JointProblem, z: Float64Array): Float64Array[] {
  const { low, high } = problem.model.box;
  const place = (i: number, share: number) => (low[i] ?? 0) + share * ((high[i] ?? 0) - (low[i] ?? 0));
  const out = new Float64Array(z.length);
  const tried: { x: Float64Array; rss: number }[] = [];
  for (const b of STARTS[OFFSET])
    for (const beta of STARTS[FLOOR])
      for (const gamma of STARTS[GAMMA]) {
        const x = Float64Array.of(place(OFFSET, b), place(FLOOR, beta), place(GAMMA, gamma));
        tried.push({ x, rss: problem.residuals(z, x, out) });
      }
  return tried.sort((a, b) => a.rss - b.rss).map(({ x }) => x);
}
