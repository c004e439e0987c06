/** Models on tasks: scores over items, the recommended merge against the others, and rank correlations. */
import type { DownstreamModel } from '../../../core/downstream/downstream.ts';
import { rankAgreement } from '../../../core/downstream/rank-agreement.ts';
import { difference, scoreOf } from '../../../core/downstream/task-score.ts';
import { type Scored, verdictOf } from '../../../core/downstream/verdict.ts';
import type { Random } from '../../../core/law/random.ts';
import { accuracy } from '../../downstream/metrics.ts';
import type { StudyDesign, Tally } from '../tally.ts';

interface Part {
  readonly name: string;
  readonly items: number;
  /** How many of all items there could be each model is right on; the first model is the recommended one. */
  readonly shares: readonly number[];
}

const PARTS: readonly Part[] = [
  { name: '200 items', items: 200, shares: [0.6, 0.55, 0.5, 0.5, 0.4] },
  { name: '30 items', items: 30, shares: [0.6, 0.55, 0.5, 0.5, 0.4] },
  { name: '50 items, nearly all right', items: 50, shares: [0.97, 0.96, 0.95, 0.95, 0.9] },
  { name: '100 items, two models alike', items: 100, shares: [0.7, 0.7, 0.5] },
];

/** Of an item's difficulty that all models share. */
const SHARED = 0.7;

export const TASK_DESIGNS: readonly StudyDesign[] = [
  ...PARTS.map(
    ({ name, items, shares }, index): StudyDesign => ({
      name: `task of ${name}`,
      seed: 2900 + index,
      replicate: (tally, random) => countScores(shares, scoresOf(shares, items, random), tally),
    }),
  ),
  ...[0, 0.9].map(
    (r, index): StudyDesign => ({
      name: `rank correlation of ${r} over ten models`,
      seed: 2950 + index,
      replicate: (tally, random, at) => countAgreement(r, random, at, tally),
    }),
  ),
];

/** An item is as hard for one model as for another, but for what is its own. */
function scoresOf(shares: readonly number[], items: number, random: Random): Scored[] {
  const hits = shares.map(() => new Array<number>(items).fill(0));
  const limits = shares.map(normalPoint);
  for (let i = 0; i < items; i++) {
    const hard = random.normal();
    for (const [m, own] of hits.entries()) {
      const at = SHARED * hard + Math.sqrt(1 - SHARED ** 2) * random.normal();
      own[i] = Number(at < (limits[m] ?? 0));
    }
  }
  return hits.map((own, m) => ({ model: modelOf(m), metric: accuracy(own) }));
}

function modelOf(m: number): DownstreamModel {
  return { kind: 'merge', members: [m], loss: m, recommended: m === 0 };
}

function countScores(shares: readonly number[], scored: readonly Scored[], tally: Tally): void {
  const [own, ...others] = scored;
  if (!own) return;
  for (const [m, { metric }] of scored.entries())
    tally.interval('score', shares[m] ?? Number.NaN, scoreOf(metric));
  for (const [i, { metric }] of others.entries()) {
    const truth = (shares[0] ?? 0) - (shares[i + 1] ?? 0);
    tally.interval('score against another', truth, difference(own.metric, metric, 1));
  }
  const { verdict } = verdictOf(
    'task',
    scored,
    scored.map(({ model }) => model),
    shares.map((_, m) => `e${m}`),
  );
  const isBest = shares.slice(1).every((share) => share < (shares[0] ?? 0));
  if (isBest) tally.event('the best one is said to be', 'power', verdict === 'best');
  else tally.event('said to be the best, and is not alone', 'alarm', verdict === 'best');
  tally.event('said not to be the best, and is', 'alarm', verdict === 'not_best');
}

/** Models drawn from many whose losses and scores are normal with the correlation r. */
function countAgreement(r: number, random: Random, seed: number, tally: Tally): void {
  const drawn = Array.from({ length: 10 }, () => {
    const low = random.normal();
    const value = r * low + Math.sqrt(1 - r * r) * random.normal();
    return { loss: -low, metric: accuracy([0], { value, numerators: null, weights: null, form: null }) };
  });
  const found = rankAgreement(drawn, seed);
  if (!found) return;
  tally.interval("Spearman's correlation", (6 / Math.PI) * Math.asin(r / 2), found.spearman, 'cautious');
  tally.interval("Kendall's correlation", (2 / Math.PI) * Math.asin(r), found.kendall, 'cautious');
}

/** x that a normal variable is below with this probability, by bisection. */
function normalPoint(share: number): number {
  let [low, high] = [-8, 8];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Σ of the density's series: exact enough within ±8. */
function normalBelow(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
