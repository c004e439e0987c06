/**
 * What predictions are worth where the truth is known: 20 seeded draws of a fifth of a sweep that measured every
 * subset, by two designs. Prints the curve's error, how often its intervals cover, recommended k, and the regret of
 * the recommended subset after the five best predictions are measured; and what a precision run would take.
 *
 * node scripts/evaluate-surrogate.ts FOLDER        (of a finished experiment with `subsets: all`)
 */
import { designOf } from '../core/design/design.ts';
import { expertWords } from '../core/design/keyed-random.ts';
import { optimalSubsets } from '../core/design/optimal.ts';
import { type Members, shuffledSubsets } from '../core/design/subsets.ts';
import { recommendedK } from '../core/law/rules.ts';
import { ProblemError } from '../core/problem.ts';
import { predictedCurve } from '../core/surrogate/curve.ts';
import { fitSurrogate } from '../core/surrogate/fit.ts';
import type { SurrogateMerge } from '../core/surrogate/merge.ts';
import { decidePrecision } from '../core/surrogate/precision.ts';
import { proposeSubsets, verifiedSubset } from '../core/surrogate/propose.ts';
import { type ExhaustiveSweep, exhaustiveSweeps } from './surrogate/exhaustive-sweeps.ts';

const DRAWS = 20;
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

/** Mean losses by k, exactly. */
function curveOf({ pool, merges }: ExhaustiveSweep): number[] {
  return pool.map((_, i) => {
    const own = merges.filter(({ members }) => members.length === i + 1);
    return own.reduce((sum, { loss }) => sum + loss, 0) / own.length;
  });
}

function evaluate(sweep: ExhaustiveSweep, design: keyof typeof DESIGNS): void {
  const { pool, merges, step, base } = sweep;
  const M = pool.length;
  const byName = new Map(merges.map((merge) => [merge.members.join(), merge]));
  const truth = curveOf(sweep);
  const trueK = recommendedK(GOAL, { losses: truth, base, floor: null, chosenBeatsBase: true });
  const count = Math.round(SHARE * merges.length);
  const anchors = merges.filter(({ members }) => members.length === 1 || members.length === M);
  const worst: number[] = [];
  const regrets: number[] = [];
  const regretsByK: number[] = [];
  const r2: number[] = [];
  let covered = 0;
  let asked = 0;
  let rightK = 0;
  let refused = 0;
  for (let seed = 0; seed < DRAWS; seed++) {
    const drawn = DESIGNS[design](sweep, count - anchors.length, seed);
    const measured = [...anchors, ...measure(drawn)];
    const surrogate = fitSurrogate(measured, M, null, seed);
    if (surrogate.kind === 'refused') {
      refused += 1;
      continue;
    }
    r2.push(surrogate.agreement.r2 ?? Number.NaN);
    const ks = pool.map((_, i) => i + 1);
    const curve = predictedCurve(surrogate, measured, ks, step);
    worst.push(Math.max(...curve.map(({ k, value }) => Math.abs(value - (truth[k - 1] ?? Number.NaN)))));
    for (const { k, interval, measured: n, of } of curve) {
      if (n === of) continue;
      asked += 1;
      const value = truth[k - 1] ?? Number.NaN;
      if (value >= interval[0] && value <= interval[1]) covered += 1;
    }
    const losses = curve.map(({ value }) => value);
    const k = recommendedK(GOAL, { losses, base, floor: null, chosenBeatsBase: true });
    if (k === trueK) rightK += 1;
    const regretOver = (sizes: readonly number[]) => {
      const proposal = proposeSubsets(surrogate, measured, sizes, step, NONE, seed);
      const after = [...measured, ...measure(proposal.subsets.map(({ members }) => members))];
      const { recommended } = verifiedSubset(proposal, after, sizes, step, NONE);
      const best = Math.min(
        ...merges.filter(({ members }) => sizes.includes(members.length)).map(({ loss }) => loss),
      );
      return (recommended?.loss ?? Number.NaN) - best;
    };
    regrets.push(regretOver(ks));
    if (k) regretsByK.push(regretOver([k]));
  }
  const row = (name: string, text: string) => console.log(`    ${name.padEnd(44)}${text}`);
  console.log(`  ${design}, ${count} of ${merges.length} merges, ${DRAWS} draws`);
  if (refused > 0) row('refused (R² within k below 0.9)', `${refused} of ${DRAWS}`);
  if (r2.length === 0) return;
  row('R² within k, median', median(r2).toFixed(4));
  row('largest error of the curve', `median ${mnat(median(worst))}, largest ${mnat(Math.max(...worst))}`);
  row('95% intervals of the curve cover', `${((100 * covered) / asked).toFixed(1)}% of ${asked}`);
  row(`recommended k is the true one (${trueK})`, `${rightK} of ${r2.length}`);
  row(
    'regret, any k, five predictions measured',
    `median ${mnat(median(regrets))}, largest ${mnat(Math.max(...regrets))}`,
  );
  row(
    'regret at the recommended k',
    `median ${mnat(median(regretsByK))}, largest ${mnat(Math.max(...regretsByK))}`,
  );

  function measure(subsets: readonly Members[]): SurrogateMerge[] {
    return subsets.flatMap((members) => byName.get(members.join()) ?? []);
  }
}

/** A precision run on known losses, merge by merge as it would ask for them. */
function evaluatePrecision(sweep: ExhaustiveSweep, precision: number): void {
  const { pool, merges, step } = sweep;
  const byName = new Map(merges.map((merge) => [merge.members.join(), merge]));
  const truth = curveOf(sweep);
  let covered = 0;
  let total = 0;
  const stops = new Map<string, number>();
  for (let seed = 0; seed < DRAWS; seed++) {
    const words = expertWords(pool, seed);
    const order = new Map(pool.slice(2).map((_, i) => [i + 2, shuffledSubsets(words, i + 2)]));
    const measured: SurrogateMerge[] = [];
    const decide = () =>
      decidePrecision({
        pool: pool.length,
        precision,
        atMost: 400,
        order,
        step,
        measured,
        base: null,
        seed,
      });
    let decision = decide();
    while (decision.stop === null) {
      measured.push(...decision.next.flat().flatMap((members) => byName.get(members.join()) ?? []));
      decision = decide();
    }
    stops.set(decision.stop, (stops.get(decision.stop) ?? 0) + 1);
    total += measured.length;
    const holds = ({ k, loss, half }: (typeof decision.points)[number]) =>
      half !== null && Math.abs(loss - (truth[k - 1] ?? Number.NaN)) <= half + 1e-12;
    if (decision.points.every(holds)) covered += 1;
  }
  console.log(
    `  precision ${mnat(precision)}: ${(total / DRAWS).toFixed(0)} merges on average, all bounds at once hold in ${covered} of ${DRAWS}; ${[...stops].map(([stop, n]) => `${stop} ${n}`).join(', ')}`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function mnat(value: number): string {
  return `${(1000 * value).toFixed(2)} mnat`;
}

try {
  const folder = process.argv[2];
  if (folder === undefined) {
    throw new ProblemError({
      code: 'no_folder',
      message: 'No folder is named.',
      fix: 'node scripts/evaluate-surrogate.ts FOLDER, the folder of a finished experiment.',
    });
  }
  for (const sweep of exhaustiveSweeps(folder)) {
    console.log(sweep.name);
    for (const design of Object.keys(DESIGNS) as (keyof typeof DESIGNS)[]) evaluate(sweep, design);
    for (const precision of [0.005, 0.002]) evaluatePrecision(sweep, precision);
  }
} catch (error) {
  if (!(error instanceof ProblemError)) throw error;
  console.error(`${error.problem.message} ${error.problem.fix}`);
  process.exitCode = 2;
}
