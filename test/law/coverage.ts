/** The law's intervals against the truth of a design. */
import type { Interval, LawCurve } from '../../core/law/curve.ts';
import { fitCurve } from '../../core/law/fit-curve.ts';
import type { FitOptions } from '../../core/law/input.ts';
import { recommendedK } from '../../core/law/rules.ts';
import type { RowKind, StudyDesign, Tally } from '../simulation/tally.ts';
import { DESIGNS, type Design, trueLoss } from './designs.ts';
import { type Simulated, simulate } from './simulate.ts';

export const LAW_DESIGNS: readonly StudyDesign[] = DESIGNS.map((design) => ({
  name: design.name,
  seed: design.seed,
  replicate: (tally, random, r) => {
    const simulated = simulate(design, random);
    const options: FitOptions = {
      goal: design.goal,
      form: design.form,
      forecast: [],
      epsilon: null,
      returns: [],
      interval: design.interval,
      stage: 'complete',
      seed: design.seed + r,
      leaveOneOut: simulated.leaveOneOut,
    };
    countTrueForm(design, simulated, options, tally);
    countChosenForm(design, simulated, options, tally);
  },
}));

const UNFIXED: ReadonlySet<string> = new Set(['floor_not_identified', 'flat_does_as_well']);

/** Parameters, where the form is known; and whether a floor that is not fixed is said to be so. */
function countTrueForm(design: Design, { data }: Simulated, options: FitOptions, tally: Tally): void {
  // Asked for the base's rule only below, so the draws are not needed here.
  const law = fitCurve({ ...data, replicates: null, baseReplicates: null }, options);
  const said = law.warnings.some(({ code }) => UNFIXED.has(code));
  // No floor at all is fixed by a curve that does not fall.
  const kind = design.identified ? (design.form === 'flat' ? 'power' : 'alarm') : 'told';
  tally.event('floor not fixed: said so', kind, said);
  for (const [name, truth] of Object.entries(design.truth)) {
    const own = kindIn(design, design.onBound.includes(name) ? 'cautious' : 'interval');
    tally.interval(name, truth, estimateOf(law.parameters?.[name], law.intervals?.[name]), own);
  }
}

/** Everything else, with the form that the backtest picks. Which floor is meant then depends on the form. */
function countChosenForm(
  design: Design,
  { data, curve }: Simulated,
  options: FitOptions,
  tally: Tally,
): void {
  const law = fitCurve(data, { ...options, form: null, forecast: [design.pool + 1] });
  const { Linf } = design.truth;
  const kind = (of: RowKind) => kindIn(design, of);
  if (Linf !== undefined)
    tally.interval(
      'Linf, form chosen',
      Linf,
      estimateOf(law.parameters?.['Linf'], law.intervals?.['Linf']),
      kind('cautious'),
    );
  const k = law.recommended_k;
  const wanted = recommendedK(design.goal, {
    losses: curve,
    base: design.base,
    floor: Linf ?? null,
    chosenBeatsBase: null,
  });
  if (wanted !== null)
    tally.interval('recommended k', wanted, k && { value: k.k, low: k.low, high: k.high }, kind('cautious'));
  for (const gain of law.marginal_gain ?? [])
    if (gain.measured)
      tally.interval(
        'gain, measured',
        (curve[gain.k - 1] ?? 0) - (curve[gain.k] ?? 0),
        { ...gain, value: gain.gain },
        kind('interval'),
      );
  countForecasts(design, law, curve, tally);
}

function countForecasts(design: Design, law: LawCurve, curve: Float64Array, tally: Tally): void {
  for (const row of law.forecast) {
    const beyond = row.k > design.pool;
    tally.interval(
      row.measured ? 'loss, measured' : beyond ? 'loss beyond the pool' : 'loss, gaps',
      beyond ? trueLoss(design, row.k) : (curve[row.k - 1] ?? 0),
      { ...row, value: row.loss },
      kindIn(design, row.measured ? 'interval' : 'cautious'),
    );
  }
}

/** Of a design that cannot fix its floor, nothing but the warning is judged. */
function kindIn({ identified }: Design, kind: RowKind): RowKind {
  return identified ? kind : 'approximate';
}

function estimateOf(value: number | undefined, interval: Interval | undefined) {
  return value === undefined || !interval ? null : { value, low: interval[0], high: interval[1] };
}
