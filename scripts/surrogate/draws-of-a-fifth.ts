/** 20 seeded draws of a fifth of a sweep that measured every subset: what predictions are worth where the truth is known. */
import { designOf } from '../../core/design/design.ts';
import { optimalSubsets } from '../../core/design/optimal.ts';
import type { Members } from '../../core/design/subsets.ts';
import { recommendedK } from '../../core/law/rules.ts';
import { predictedCurve } from '../../core/surrogate/curve.ts';
import type { Surrogate } from '../../core/surrogate/fit.ts';
import { fitSurrogate } from '../../core/surrogate/fit.ts';
import type { SurrogateMerge } from '../../core/surrogate/merge.ts';
import { proposeSubsets, verifiedSubset } from '../../core/surrogate/propose.ts';
import type { ExhaustiveSweep } from './exhaustive-sweeps.ts';

export const DRAWS = 20;
const SHARE = 0.2;
const GOAL = { rule: 'within', value: 0.01 } as const;
const NONE = { mustInclude: [], mustExclude: [], atMost: null };

const DESIGNS = {
  'stratified random': ({ pool }: ExhaustiveSweep, count: number, seed: number): Members[] => {
    const k = pool.map((_, i) => i + 1);
    const { rounds } = designOf({ pool, sweep: { k, subsets: { kind: 'all' }, seed } });
    return rounds.flat().slice(0, count);
  },
  'I-optimal': ({ pool }: ExhaustiveSweep, count: number, seed: number): Members[] =>
    optimalSubsets({ pool, ks: pool.map((_, i) => i + 1), count, seed }),
};

/** Over the draws, losses in nats. */
export interface DrawsOfAFifth {
  readonly sweep: string;
  readonly design: string;
  readonly merges: number;
  readonly of: number;
  readonly draws: number;
  /** Draws after which nothing is predicted: R² within k below 0.9. */
  readonly refused: number;
  readonly r2: number | null;
  readonly curveError: Spread | null;
  /** Intervals of the curve that hold the truth. */
  readonly covered: number;
  readonly asked: number;
  readonly trueK: number | null;
  readonly rightK: number;
  /** After the five best predictions of each size are measured: of any k, and of the recommended one. */
  readonly regret: Spread | null;
  readonly regretAtK: Spread | null;
}

interface Spread {
  readonly median: number;
  readonly largest: number;
}

/** Mean losses by k, exactly. */
export function curveOf({ pool, merges }: ExhaustiveSweep): number[] {
  return pool.map((_, i) => {
    const own = merges.filter(({ members }) => members.length === i + 1);
    return own.reduce((sum, { loss }) => sum + loss, 0) / own.length;
  });
}

/** By both designs. */
export function drawsOfAFifth(sweep: ExhaustiveSweep): DrawsOfAFifth[] {
  return (Object.keys(DESIGNS) as (keyof typeof DESIGNS)[]).map((design) => drawn(sweep, design));
}

function drawn(sweep: ExhaustiveSweep, design: keyof typeof DESIGNS): DrawsOfAFifth {
  const { pool, merges, base } = sweep;
  const M = pool.length;
  const truth = curveOf(sweep);
  const trueK = recommendedK(GOAL, { losses: truth, base, floor: null, chosenBeatsBase: true });
  const count = Math.round(SHARE * merges.length);
  const anchors = merges.filter(({ members }) => members.length === 1 || members.length === M);
  const judged = Array.from({ length: DRAWS }, (_, seed) => {
    const measured = [...anchors, ...measure(sweep, DESIGNS[design](sweep, count - anchors.length, seed))];
    const surrogate = fitSurrogate(measured, M, null, seed);
    return surrogate.kind === 'refused' ? null : judge(sweep, truth, measured, surrogate, seed);
  }).filter((each) => each !== null);
  const sum = (of: (each: (typeof judged)[number]) => number) =>
    judged.reduce((total, each) => total + of(each), 0);
  return {
    sweep: sweep.name,
    design,
    merges: count,
    of: merges.length,
    draws: DRAWS,
    refused: DRAWS - judged.length,
    r2: spreadOf(judged.map(({ r2 }) => r2))?.median ?? null,
    curveError: spreadOf(judged.map(({ worst }) => worst)),
    covered: sum(({ covered }) => covered),
    asked: sum(({ asked }) => asked),
    trueK,
    rightK: sum(({ k }) => (k === trueK ? 1 : 0)),
    regret: spreadOf(judged.map(({ regret }) => regret)),
    regretAtK: spreadOf(judged.flatMap(({ regretAtK }) => regretAtK ?? [])),
  };
}

function judge(
  sweep: ExhaustiveSweep,
  truth: readonly number[],
  measured: readonly SurrogateMerge[],
  surrogate: Surrogate,
  seed: number,
) {
  const { pool, step, base } = sweep;
  const ks = pool.map((_, i) => i + 1);
  const truthAt = (k: number) => truth[k - 1] ?? Number.NaN;
  const curve = predictedCurve(surrogate, measured, ks, step);
  const asked = curve.filter(({ measured: n, of }) => n < of);
  const losses = curve.map(({ value }) => value);
  const k = recommendedK(GOAL, { losses, base, floor: null, chosenBeatsBase: true });
  return {
    r2: surrogate.agreement.r2 ?? Number.NaN,
    worst: Math.max(...curve.map((point) => Math.abs(point.value - truthAt(point.k)))),
    asked: asked.length,
    covered: asked.filter(
      (point) => truthAt(point.k) >= point.interval[0] && truthAt(point.k) <= point.interval[1],
    ).length,
    k,
    regret: regretOver(sweep, surrogate, measured, ks, seed),
    regretAtK: k ? regretOver(sweep, surrogate, measured, [k], seed) : null,
  };
}

/** Of the best measured subset once the best predictions are measured, too. */
function regretOver(
  sweep: ExhaustiveSweep,
  surrogate: Surrogate,
  measured: readonly SurrogateMerge[],
  sizes: readonly number[],
  seed: number,
): number {
  const { merges, step } = sweep;
  const proposal = proposeSubsets(surrogate, measured, sizes, step, NONE, seed);
  const proposed = proposal.subsets.map(({ members }) => members);
  const { recommended } = verifiedSubset(
    proposal,
    [...measured, ...measure(sweep, proposed)],
    sizes,
    step,
    NONE,
  );
  const best = Math.min(
    ...merges.filter(({ members }) => sizes.includes(members.length)).map(({ loss }) => loss),
  );
  return (recommended?.loss ?? Number.NaN) - best;
}

function measure({ merges }: ExhaustiveSweep, subsets: readonly Members[]): SurrogateMerge[] {
  const byName = new Map(merges.map((merge) => [merge.members.join(), merge]));
  return subsets.flatMap((members) => byName.get(members.join()) ?? []);
}

function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [middle, largest] = [sorted[sorted.length >> 1], sorted.at(-1)];
  return middle === undefined || largest === undefined ? null : { median: middle, largest };
}
