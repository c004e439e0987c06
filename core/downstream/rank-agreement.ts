/** Whether models with a low loss are those with a good score. */
import { percentiles } from '../law/percentiles.ts';
import { type Random, seededRandom } from '../law/random.ts';
import { Z95 } from '../law/student.ts';
import type { Estimated } from '../report/report.ts';
import type { StoredMetric } from '../store/task-scores.ts';
import type { RankAgreement } from './downstream.ts';
import { kendall, kendallError, type RankError, spearman, spearmanError } from './rank-correlation.ts';

const REPLICATES = 2000;
/** With fewer models no interval holds what it says. */
const LEAST_MODELS = 8;

type Bounds = readonly [low: number, high: number];

export interface LossAndScore {
  readonly loss: number;
  readonly metric: StoredMetric;
}

/**
 * Rank correlations of low loss with good score. Their 95% intervals are over models and items: the percentiles of both
 * drawn anew with replacement, at once, since models that fail on the same few items agree by chance; but never narrower
 * than Fisher's z says of so few models, whose order drawn anew stays perfect where it was. Items are drawn where the
 * score is known by item. Null with fewer than three models, where one side does not vary, or where more than half of the
 * models have the same score; no interval below eight.
 */
export function rankAgreement(scored: readonly LossAndScore[], seed: number): RankAgreement | null {
  const low = scored.map(({ loss }) => -loss);
  const good = scored.map(({ metric }) => goodness(metric, metric.value));
  const [rho, tau] = [spearman(low, good), kendall(low, good)];
  if (scored.length < 3 || rho === null || tau === null || 2 * mostTied(scored) > scored.length) return null;
  const drawn: { readonly rho: number[]; readonly tau: number[] } = { rho: [], tau: [] };
  const random = seededRandom(seed);
  for (let r = 0; r < (scored.length < LEAST_MODELS ? 0 : REPLICATES); r++) {
    const scores = resampledItems(scored, good, random);
    const at = low.map(() => below(random, low.length));
    const [x, y] = [at.map((i) => low[i] as number), at.map((i) => scores[i] as number)];
    const [one, other] = [spearman(x, y), kendall(x, y)];
    if (one !== null && other !== null) {
      drawn.rho.push(one);
      drawn.tau.push(other);
    }
  }
  return {
    spearman: withInterval(rho, drawn.rho, fisher(rho, scored.length, spearmanError)),
    kendall: withInterval(tau, drawn.tau, fisher(tau, scored.length, kendallError)),
    models: scored.length,
  };
}

/** How many models have the most frequent score. */
export function mostTied(scored: readonly Pick<LossAndScore, 'metric'>[]): number {
  const counts = new Map<number, number>();
  for (const { metric } of scored) counts.set(metric.value, (counts.get(metric.value) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** Goodness of every model on the same draw of items; as it is where it is not known by item. */
function resampledItems(
  scored: readonly LossAndScore[],
  good: readonly number[],
  random: Random,
): readonly number[] {
  const n = scored[0]?.metric.numerators?.length ?? 0;
  if (n < 2 || scored.some(({ metric }) => metric.numerators?.length !== n)) return good;
  const counts = new Uint16Array(n);
  for (let i = 0; i < n; i++) {
    const at = below(random, n);
    counts[at] = (counts[at] as number) + 1;
  }
  return scored.map(({ metric }, m) => {
    let x = 0;
    let w = 0;
    for (let i = 0; i < n; i++) {
      const count = counts[i] as number;
      x += count * ((metric.numerators as Float32Array)[i] as number);
      w += count * ((metric.weights as Float32Array)[i] as number);
    }
    return w > 0 ? ratioGoodness(metric, x / w) : (good[m] as number);
  });
}

/** Of the ratio Σx / Σw, which perplexities and bits fall with. */
function ratioGoodness(metric: StoredMetric, ratio: number): number {
  return goodness(metric, metric.form === 'mean' ? ratio : -ratio);
}

function goodness({ higher_is_better }: StoredMetric, score: number): number {
  return higher_is_better ? score : -score;
}

function below(random: Random, n: number): number {
  return Math.floor(random.uniform() * n);
}

/**
 * tanh(artanh r ± z·error). A perfect order counts as one with two neighbours exchanged, the next there is: at 1 the
 * transformation has no end.
 */
function fisher(r: number, n: number, errorOf: RankError): Bounds {
  const { largest, error } = errorOf(r, n);
  const z = Math.atanh(Math.max(-largest, Math.min(largest, r)));
  return [Math.tanh(z - Z95 * error), Math.tanh(z + Z95 * error)];
}

/** From the lower of the low ends to the higher of the high ones. */
function withInterval(value: number, drawn: readonly number[], [least, most]: Bounds): Estimated {
  if (drawn.length < REPLICATES / 2) return { value, low: null, high: null };
  const [low, high] = percentiles(drawn, value);
  return { value, low: Math.min(low ?? -1, least), high: Math.max(high ?? 1, most) };
}
