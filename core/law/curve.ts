/** What is known of one curve of loss against k: the element of `merge-lab law --json` and of a Report's cells. */

export type Form = 'paper' | 'signed' | 'quadratic' | 'power' | 'flat';

/** A 95% interval; an end that has no limit is null. */
export type Interval = readonly [low: number | null, high: number | null];

/** The smallest interval that holds both. */
export function hull([a, b]: Interval, [c, d]: Interval): Interval {
  return [a === null || c === null ? null : Math.min(a, c), b === null || d === null ? null : Math.max(b, d)];
}

export interface Warning {
  /** Stable. Of the law: parameter_on_bound, floor_not_identified, curve_turns_up, worse_than_base, flat_does_as_well, extrapolates, too_few_k, sizes_too_few. */
  readonly code: string;
  readonly message: string;
}

export interface RecommendedK {
  readonly k: number;
  /**
   * 2.5 and 97.5 percentiles of the same rule over paired replicates, widened to hold `k`; where the curve comes from a
   * law, over the forms that do as well too. Null before intervals are there, where they cannot be, and at the high end
   * where the goal may be out of the pool's reach.
   */
  readonly low: number | null;
  readonly high: number | null;
  readonly rule: 'within' | 'return' | 'epsilon';
  readonly value: number;
}

export interface FormFit {
  readonly form: Form;
  readonly parameters: Readonly<Record<string, number>>;
  /** Rolling-origin root mean square error over later k, nats; null with too few k. */
  readonly backtest: number | null;
  readonly rmse: number;
  readonly r2: number | null;
}

export interface LawCurve {
  /** null = macro mean (or the only curve of a CSV). */
  readonly domain: string | null;
  /** Billions of parameters; null where not given. */
  readonly N: number | null;
  /** The form used for `parameters` and `forecast`; null where nothing can be fitted. */
  readonly form: Form | 'three_point' | null;
  readonly pool: number;
  readonly parameters: Readonly<Record<string, number>> | null;
  /**
   * 95%, of the parameters of `form`. Where the data picked the form, the floor's interval holds those of every form that
   * does as well, and so do A and b between `paper` and `signed`.
   */
  readonly intervals: Readonly<Record<string, Interval>> | null;
  readonly interval_method: string | null;
  readonly r2: number | null;
  /** nats */
  readonly rmse: number | null;
  /** Every form that could be fitted, best backtest first; `paper` always among them where it can be fitted. */
  readonly forms: readonly FormFit[];
  readonly three_point: Readonly<Record<'Linf' | 'A' | 'b', number>> | null;
  readonly recommended_k: RecommendedK | null;
  readonly k_epsilon: {
    readonly k: number | null;
    readonly epsilon: number;
    readonly reason: string | null;
  } | null;
  readonly k_return: Readonly<Record<string, number | null>> | null;
  /** L(k) − L(k+1), measured where both are, else from the law. */
  readonly marginal_gain:
    | readonly {
        readonly k: number;
        readonly gain: number;
        readonly low: number | null;
        readonly high: number | null;
        readonly measured: boolean;
      }[]
    | null;
  readonly forecast: readonly {
    readonly k: number;
    readonly loss: number;
    readonly low: number | null;
    readonly high: number | null;
    readonly measured: boolean;
  }[];
  /** Why a null above is null, by field name. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}
