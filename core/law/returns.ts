import { throwIfCancelled } from './cancelled.ts';
import { type DrawnCurve, drawCurves } from './draws.ts';
import { type Choice, chooseForm } from './form-choice.ts';
import type { CurveData, FitOptions } from './input.ts';
import { jackknife } from './jackknife.ts';
import { type Fit, parametersOf, predict, withoutLimit } from './least-squares.ts';
import { percentiles } from './percentiles.ts';
import { kAtReturn, recommendedK, returnAt, type TypicalCurve } from './rules.ts';
import { typicalCurve } from './typical-curve.ts';
import { isComplete, lossesOverPool, type UsablePoints, usablePoints } from './usable-points.ts';

/** What the first experts return of all that the pool has to give, and how many it takes to come near the floor. */
export interface Returns {
  /** R(k), k = 1..M; null where there is nothing to share, or the curve is not known. */
  readonly curve:
    | readonly {
        readonly k: number;
        /** In 0..1; 1 at the best k and after it. */
        readonly value: number;
        readonly low: number | null;
        readonly high: number | null;
        /** Every k of the pool is measured: it does not come from the law. */
        readonly measured: boolean;
      }[]
    | null;
  /** The smallest k with return R(k) ≥ share. */
  readonly shares: readonly (ExpertCount & { readonly share: number })[];
  /** The smallest k at which the law is within `epsilon` nats of its floor. */
  readonly to_floor: readonly (ExpertCount & { readonly epsilon: number })[];
  /** Why `curve` is null. */
  readonly reason: string | null;
}

/** A number of experts with its 95% interval; ends are null until intervals are computed. */
export interface ExpertCount {
  /** null: not reached in this pool, or there is no law. */
  readonly k: number | null;
  readonly low: number | null;
  /** Also null where the pool may not reach it. */
  readonly high: number | null;
}

const SHARES = [0.8, 0.85, 0.9];
const EPSILONS = [0.005, 0.01, 0.02];

/**
 * Return R(k) = (L̃(1) − L̃(k))/(L̃(1) − L̃(M)) and k_ε = ⌈A/ε − b⌉ (arXiv 2509.24244 §4.4 and app. J; L̃ starts at the
 * base, see `kAtReturn`). `options.returns` and `options.epsilon` are added to the usual shares and distances.
 */
export function returnsOf(data: CurveData, options: FitOptions): Returns {
  const complete = options.stage === 'complete';
  const points = usablePoints(data, complete);
  const choice = chooseForm(points, options.form);
  const typical = typicalCurve(points, choice, data.chosenBeatsBase);
  const shares = sorted([...SHARES, ...options.returns]);
  const epsilons = sorted([...EPSILONS, ...(options.epsilon === null ? [] : [options.epsilon])]);
  const draws = complete && typical ? drawn(data, points, choice, typical, options) : null;
  throwIfCancelled(options.cancelled);
  const law = choice.name === 'flat' ? null : (choice.used?.estimate.fit ?? null);
  const nothing = typical === null || returnAt(1, typical.losses, typical.base) === null;
  return {
    curve: typical && !nothing ? returnCurve(points, typical, draws) : null,
    shares: shares.map((share) => ({
      share,
      ...counted(typical && kAtReturn(share, typical.losses, typical.base), draws, (draw) =>
        kAtReturn(share, draw.losses, draw.base),
      ),
    })),
    to_floor: epsilons.map((epsilon) => ({
      epsilon,
      ...counted(law && kToFloor(law, epsilon, points), law && draws, (draw) =>
        draw.law ? kToFloor(draw.law, epsilon, points) : null,
      ),
    })),
    reason:
      typical === null
        ? 'the curve is not known at every k'
        : nothing
          ? 'no k improves on the first or the base'
          : null,
  };
}

function sorted(values: readonly number[]): number[] {
  return [...new Set(values)].filter((value) => value > 0 && Number.isFinite(value)).sort((a, b) => a - b);
}

/** The law is fitted again to every replicate, measured or not: the floor needs it. Null where nothing is known of the errors. */
function drawn(
  data: CurveData,
  points: UsablePoints,
  choice: Choice,
  typical: TypicalCurve,
  options: FitOptions,
): readonly DrawnCurve[] | null {
  const population = options.interval === 'population';
  const knife = population ? jackknife(choice, points, data, options.leaveOneOut) : null;
  if (population && !knife) return null;
  const goal = { rule: 'epsilon', value: 1 } as const;
  const draws = [...drawCurves(points, choice, typical, { ...options, goal }, knife)];
  return draws.length > 0 ? draws : null;
}

function returnCurve(
  points: UsablePoints,
  typical: TypicalCurve,
  draws: readonly DrawnCurve[] | null,
): NonNullable<Returns['curve']> {
  const at = ({ losses, base }: TypicalCurve, k: number) => returnAt(k, losses, base) ?? 1;
  const { from, pool } = points;
  return Array.from({ length: pool - from + 1 }, (_, i) => {
    const k = from + i;
    const value = at(typical, k);
    const [low, high] = draws
      ? percentiles(
          draws.map((draw) => at(draw, k)),
          value,
        )
      : [null, null];
    return { k, value, low, high, measured: isComplete(points) };
  });
}

function counted(
  k: number | null,
  draws: readonly DrawnCurve[] | null,
  of: (draw: DrawnCurve) => number | null,
): ExpertCount {
  if (!draws) return { k, low: null, high: null };
  const unreached = Number.POSITIVE_INFINITY;
  const [low, high] = percentiles(
    draws.map((draw) => of(draw) ?? unreached),
    k ?? unreached,
  );
  return { k, low, high };
}

/** Null where the law does not come so near its floor within the pool, or has none. */
function kToFloor(law: Fit, epsilon: number, points: UsablePoints): number | null {
  if (withoutLimit(law)) return null;
  const losses = lossesOverPool(points, (k) => predict(law, k));
  const floor = parametersOf(law)['Linf'] ?? null;
  return recommendedK(
    { rule: 'epsilon', value: epsilon },
    { losses, base: null, floor, chosenBeatsBase: null },
  );
}
