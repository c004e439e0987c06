/**
 * How long the whole Report of a large experiment takes: 3 sizes, 5 methods, all 511 subsets of 9 experts, 9 domains of
 * 40 samples, 1,000 replicates. CPU milliseconds: points and everything behind them, the first of a process, which compiles
 * what it runs; points with nothing kept and after one more result, medians once the process is warm.
 * `npm run bench report-full`.
 */
import type { Score } from '../core/report/input.ts';
import { ReportMaker } from '../core/report/make-report.ts';
import type { EvaluationId, MergeKey } from '../core/store/format.ts';
import { experimentOf, planOf, World, WorldResults } from '../test/report/world.ts';

const ALL = { experts: 9, domains: 9, samples: 40, scaled: true, maskNoise: 0.05 };
const SIZES = ['S', 'M', 'L'];
/** Odd. */
const REPEATS = 15;
const NONE = { compatibility: 'none' } as const;

/** Milliseconds of this process's CPU: other work on the machine does not count. */
function timed(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** The same domains and samples at every size; larger models have less spread between experts. */
const worlds = SIZES.map((_, i) => new World({ ...ALL, seed: 3, spread: 0.8 / (i + 1) }));
const [world] = worlds as [World, ...World[]];
const experts = new Map(world.pool.map((name) => [name, `./${name}`]));
const experiment = {
  ...experimentOf(world, {
    methods: [
      { method: 'average', ...NONE },
      { method: 'task_arithmetic', scale: 0.8, normalize: true, ...NONE },
      { method: 'ties', scale: 1, density: 0.5, trim_scope: 'tensor', ...NONE },
      { method: 'dare', drop_rate: 0.2, seeds: [0], ...NONE },
      { method: 'dare_ties', drop_rate: 0.2, seeds: [0], scale: 1, ...NONE },
    ],
  }),
  sizes: SIZES.map((name) => ({ name, base: `./${name}`, experts })),
};
const plan = planOf(experiment);

/** By merge and evaluation set, as the store's index finds them. */
const scores = new Map<MergeKey, Map<EvaluationId, Score>>();
for (const [i, size] of SIZES.entries()) {
  const lines = plan.lines.filter((line) => line.size === size);
  const store = new WorldResults(worlds[i] as World).feed(plan, lines);
  for (const { key } of lines)
    scores.set(
      key,
      new Map(
        Object.values(plan.header.evaluations).flatMap((id) => {
          const score = store.get(key, id);
          return score ? [[id, score]] : [];
        }),
      ),
    );
}
const input = {
  experiment,
  plan,
  results: {
    get: (key: MergeKey, id: EvaluationId) => scores.get(key)?.get(id),
    failure: () => undefined,
  },
  evaluations: world.evaluations(),
  otherPlans: [],
};

const points = timed(() => new ReportMaker().make(input, { stage: 'points' }));
const anew = median(() => new ReportMaker().make(input, { stage: 'points' }));

const maker = new ReportMaker();
const complete = timed(() => maker.make(input, { stage: 'complete' }));

/** One merge is still to come each time: of the last size, as they would arrive. */
const late = plan.lines.slice(-REPEATS).map(({ key }) => ({ key, score: scores.get(key) }));
for (const { key } of late) scores.delete(key);
maker.make(input, { stage: 'points' });
const after = median(() => {
  const next = late.shift();
  if (next?.score) scores.set(next.key, next.score);
  maker.make(input, { stage: 'points' });
});

/** Of `REPEATS` times. */
function median(work: () => unknown): number {
  const times = Array.from({ length: REPEATS }, () => timed(work)).sort((a, b) => a - b);
  return times[(REPEATS - 1) / 2] as number;
}

function print(what: string, ms: number, goal: string): void {
  console.log(`  ${what.padEnd(32)}${ms.toFixed(0).padStart(6)} ms${goal}`);
}
console.log(
  `report of ${plan.lines.length} merges: 3 sizes, 5 methods, 511 subsets, 9 domains of 40 samples`,
);
print('points, first of a process', points, '');
print('points, nothing kept', anew, ' (goal 200)');
print('points, after one more result', after, ' (goal 200)');
print('everything, behind the points', complete, ' (goal 10000)');
