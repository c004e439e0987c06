import { throwIfCancelled } from './cancelled.ts';
import { type Choice, rivalsOf } from './form-choice.ts';
import type { FitOptions } from './input.ts';
import type { Jackknife } from './jackknife.ts';
import { type Fit, parametersOf, predict } from './least-squares.ts';
import { noiseOf } from './noise.ts';
import { type Random, seededRandom } from './random.ts';
import type { TypicalCurve } from './rules.ts';
import { isComplete, lossesOverPool, type UsablePoints } from './usable-points.ts';
import { at, whiten } from './whitening.ts';

export interface DrawnCurve extends TypicalCurve {
  /** The law of this replicate, where it was fitted again. */
  readonly law: Fit | null;
}

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
): Generator<DrawnCurve> {
  const { k, pool, from } = points;
  const random = seededRandom(options.seed);
  const measured = isComplete(points);
  const refits = !measured || options.goal.rule === 'epsilon';
  const laws = refits ? rivalsOf(choice, points, options.form) : [];
  if (refits && laws.length === 0) return;
  const estimate = choice.used?.estimate ?? null;
  const free = k.length - (estimate?.fit.p ?? k.length);
  const noise = noiseOf(points, estimate?.scale ?? null, free, random);
  if (!noise) return;

  const ks = Array.from({ length: pool }, (_, i) => i + 1);
  const deviations = knife?.deviations(ks) ?? null;
  const z = new Float64Array(k.length);
  const count = points.replicates.length || DRAWS;
  for (let r = 0; r < count; r++) {
    if (r % 100 === 0) throwIfCancelled(options.cancelled);
    const turn = laws[r % laws.length]?.estimate ?? null;
    const y = noise(r, measured ? 0 : (turn?.misfit ?? 0));
    let law: Fit | null = null;
    if (turn) {
      whiten(turn.whitening, y, z, k.length);
      law = turn.fitter.fit(z, k.length, 1e-5);
    }
    const losses = lossesOverPool(points, (kk) => (measured ? at(y, kk - from) : law ? predict(law, kk) : 0));
    const floor = law && typical.floor !== null ? (parametersOf(law)['Linf'] ?? null) : null;
    const shift = deviations && expertNoise(deviations, random);
    yield {
      losses: shift ? losses.map((loss, i) => loss + (shift[i] ?? 0)) : losses,
      base: typical.base === null ? null : (points.baseReplicates[r] ?? typical.base),
      floor,
      chosenBeatsBase: typical.chosenBeatsBase,
      law,
    };
  }
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
