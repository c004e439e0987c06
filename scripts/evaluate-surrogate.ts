/**
 * What predictions are worth where the truth is known: 20 seeded draws of a fifth of a sweep that measured every
 * subset, by two designs. Prints the curve's error, how often its intervals cover, recommended k, and the regret of
 * the recommended subset after the five best predictions are measured; what a precision run would take, and how near its
 * means are with so many subsets of each size. Draws are kept for docs/simulations.md.
 *
 * node scripts/evaluate-surrogate.ts FOLDER        (of a finished experiment with `subsets: all`)
 */
import { expertWords } from '../core/design/keyed-random.ts';
import { shuffledSubsets } from '../core/design/subsets.ts';
import { ProblemError } from '../core/problem.ts';
import type { SurrogateMerge } from '../core/surrogate/merge.ts';
import { decidePrecision } from '../core/surrogate/precision.ts';
import { keep } from './soak/kept-rows.ts';
import { assistedDraws } from './surrogate/assisted-draws.ts';
import { curveOf, DRAWS, type DrawsOfAFifth, drawsOfAFifth } from './surrogate/draws-of-a-fifth.ts';
import { type ExhaustiveSweep, exhaustiveSweeps } from './surrogate/exhaustive-sweeps.ts';

function show(draws: DrawsOfAFifth): void {
  const row = (name: string, text: string) => console.log(`    ${name.padEnd(44)}${text}`);
  const { curveError, regret, regretAtK } = draws;
  const spread = (each: DrawsOfAFifth['regret']) =>
    each ? `median ${mnat(each.median)}, largest ${mnat(each.largest)}` : 'none';
  console.log(`  ${draws.design}, ${draws.merges} of ${draws.of} merges, ${draws.draws} draws`);
  if (draws.refused > 0) row('refused (R² within k below 0.9)', `${draws.refused} of ${draws.draws}`);
  if (draws.r2 === null) return;
  row('R² within k, median', draws.r2.toFixed(4));
  row('largest error of the curve', spread(curveError));
  row(
    '95% intervals of the curve cover',
    `${((100 * draws.covered) / draws.asked).toFixed(1)}% of ${draws.asked}`,
  );
  row(`recommended k is the true one (${draws.trueK})`, `${draws.rightK} of ${draws.draws - draws.refused}`);
  row('regret, any k, five predictions measured', spread(regret));
  row('regret at the recommended k', spread(regretAtK));
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

function evaluateAssisted(sweep: ExhaustiveSweep, each: number): void {
  const { refused, assisted, plain, covered, of } = assistedDraws(sweep, each);
  console.log(
    of === 0
      ? `  ${each} of each size: refused in all ${refused} draws`
      : `  ${each} of each size: assisted means are off by ${mnat(assisted)}, plain ones by ${mnat(plain)} (root mean square); 95% intervals cover ${((100 * covered) / of).toFixed(1)}% of ${of}; refused in ${refused} of ${DRAWS} draws`,
  );
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
  const kept: DrawsOfAFifth[] = [];
  for (const sweep of exhaustiveSweeps(folder)) {
    console.log(sweep.name);
    const draws = drawsOfAFifth(sweep);
    kept.push(...draws);
    for (const each of draws) show(each);
    for (const precision of [0.005, 0.002]) evaluatePrecision(sweep, precision);
    for (const each of [6, 9, 14]) evaluateAssisted(sweep, each);
  }
  keep('draws', kept);
} catch (error) {
  if (!(error instanceof ProblemError)) throw error;
  console.error(`${error.problem.message} ${error.problem.fix}`);
  process.exitCode = 2;
}
