/** Where money goes: the best place within a budget, and the next expert against the next size. */

import type { Random } from '../../../core/law/random.ts';
import { Z95 } from '../../../core/law/student.ts';
import { NO_BUDGET } from '../../../core/planning/budget.ts';
import type { Place, Saving } from '../../../core/planning/margin.ts';
import { makePlanning, type PlannedSize } from '../../../core/planning/planning.ts';
import type { StudyDesign, Tally } from '../tally.ts';

interface PlanningDesign {
  readonly name: string;
  /** Standard deviations, nats: of a level that all losses share, of each loss. */
  readonly shared: number;
  readonly own: number;
  readonly truth: (N: number, k: number) => number;
  /** Where one more expert is weighed against the next size, and which saves more for its cost there. */
  readonly at: Place;
}

const SIZES: Readonly<Record<string, number>> = { small: 1, middle: 3, large: 8 };
const POOL = 8;
const HOURS = { gpu_hours: 30, hours_per_expert_per_billion: 2 };

/** As in arXiv 2509.24244, eq. 1. */
const law = (N: number, k: number) => 1 + 0.4 * N ** -0.4 + (0.15 * N ** -0.2) / (k + 0.5);
/** Sizes hardly matter. */
const even = (N: number, k: number) => 1 + 0.001 * N ** -0.4 + 0.15 / (k + 0.5);

const PARTS: readonly PlanningDesign[] = [
  { name: 'own errors of 1 mnat', shared: 0.05, own: 0.001, truth: law, at: { size: 'small', k: 2 } },
  { name: 'own errors of 10 mnat', shared: 0.05, own: 0.01, truth: law, at: { size: 'small', k: 2 } },
  { name: 'sizes alike', shared: 0.05, own: 0.003, truth: even, at: { size: 'small', k: 2 } },
];

export const PLANNING_DESIGNS: readonly StudyDesign[] = PARTS.map((design, index) => ({
  name: `planning: ${design.name}`,
  seed: 3300 + index,
  replicate: (tally, random) => countPlan(design, random, tally),
}));

function countPlan({ shared, own, truth, at }: PlanningDesign, random: Random, tally: Tally): void {
  const level = shared * random.normal();
  const error = new Map<string, number>();
  const lossAt = ({ size, k }: Place) => {
    const name = `${size} ${k}`;
    const known = error.get(name) ?? own * random.normal();
    error.set(name, known);
    return truth(SIZES[size] ?? 0, k) + level + known;
  };
  const around = (value: number, sd: number) => ({ value, low: value - Z95 * sd, high: value + Z95 * sd });
  const sizes = Object.entries(SIZES).map(([name, N]): PlannedSize => {
    const losses = Array.from({ length: POOL }, (_, i) => ({
      k: i + 1,
      loss: around(lossAt({ size: name, k: i + 1 }), Math.hypot(shared, own)),
      measured: true,
    }));
    return { name, parameters: N * 1e9, memory_bytes: 2e9 * N, losses };
  });
  // Paired: what all share cancels.
  const saving: Saving = (from, to) => around(lossAt(from) - lossAt(to), own * Math.SQRT2);
  const { options, best, margins } = makePlanning(sizes, { ...NO_BUDGET, ...HOURS }, [at], saving);
  const chosen = best === null ? null : options[best];
  if (chosen) {
    const N = SIZES[chosen.size] ?? 0;
    // The lowest of many is a little too low, beside what all of them share.
    tally.interval('loss of the best within the budget', truth(N, chosen.k), chosen.loss);
    const allowed = options.filter((each) => each.allowed).map(({ size, k }) => truth(SIZES[size] ?? 0, k));
    tally.value('regret of the best within the budget', 0, truth(N, chosen.k) - Math.min(...allowed));
  }
  const [margin] = margins;
  for (const step of [margin?.expert, margin?.larger]) {
    if (!step) continue;
    const saves = truth(SIZES[at.size] ?? 0, at.k) - truth(SIZES[step.size] ?? 0, step.k);
    tally.interval(
      `${step === margin?.expert ? 'one more expert' : 'the next size'} saves`,
      saves,
      step.saves,
    );
  }
  if (!margin?.expert || !margin.larger) return;
  const perCost = (step: NonNullable<typeof margin.expert>) =>
    (truth(SIZES[at.size] ?? 0, at.k) - truth(SIZES[step.size] ?? 0, step.k)) / step.expert_billions;
  const better = perCost(margin.expert) > perCost(margin.larger) ? 'expert' : 'larger';
  tally.event('says which saves more, rightly', 'power', margin.better === better);
  tally.event('says the other', 'alarm', margin.better !== null && margin.better !== better);
}
