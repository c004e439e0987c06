/**
 * How long a Report takes after a new result: 511 merges of 360 samples (nine domains of 40), average, all subsets.
 * CPU milliseconds, points and intervals; the first of a process, and each one after another result. `npm run bench` prints it.
 */
import { ReportMaker } from '../core/report/make-report.ts';
import { inputOf, World, WorldResults } from '../test/report/world.ts';

const ROUNDS = 9;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Milliseconds of this process's CPU: other work on the machine does not count. */
function timed(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const world = new World({ seed: 3, experts: 9, domains: 9, samples: 40 });
for (const subsets of [{ kind: 'all' }, { kind: 'permutations', count: 15 }] as const) {
  const { experiment, plan, evaluations } = inputOf(world, { subsets }, 0);
  const results = new WorldResults(world).feed(plan, plan.lines.slice(0, -ROUNDS));
  const input = { experiment, plan, results, evaluations, otherPlans: [] };
  const maker = new ReportMaker();
  const first = timed(() => maker.make(input, { stage: 'points' }));
  const firstComplete = timed(() => maker.make(input, { stage: 'complete' }));
  const points: number[] = [];
  const complete: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const at = plan.lines.length - ROUNDS + round;
    results.feed(plan, plan.lines.slice(at, at + 1));
    points.push(timed(() => maker.make(input, { stage: 'points' })));
    complete.push(timed(() => maker.make(input, { stage: 'complete' })));
  }
  const ms = (value: number) => `${value.toFixed(0).padStart(5)} ms`;
  console.log(`report, ${plan.lines.length} merges of 360 samples, subsets: ${subsets.kind}`);
  console.log(`  first points ${ms(first)}   first complete ${ms(firstComplete)}`);
  console.log(
    `  after a result: points ${ms(median(points))} (goal 100)   complete ${ms(median(complete))} (goal 3000)`,
  );
}
