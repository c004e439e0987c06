/**
 * What noise gives: runs of one model, trained alike, beside each other as a pool. They may differ persistently, in level
 * and by domain, so what a few of them say is uncertain by which ones they are, however many the samples.
 */
import { type Losses, objectiveOf } from '../selection/measured.ts';
import type { EnsembleData } from './data.ts';
import { expectedRows } from './expected-oracle.ts';
import { combination, lossesOf, minus } from './rows.ts';

/** Gains over one run, sample by sample. */
export interface RunNoise {
  /** Of the expected oracle of k runs. */
  readonly oracle: Losses;
  /** The same inside domains: where runs differ by domain, pools chosen among many models have the lucky ones. */
  readonly inside: Losses;
}

/**
 * Levels are taken away first: k runs of one level gain more over the best of them than any others, so that what pools
 * chosen among many models could owe to luck with levels is allowed for.
 */
export function runNoise(runs: readonly Losses[], k: number, data: EnsembleData): RunNoise {
  const { samples } = data;
  const mean = meanOf(runs, data);
  const gainOf = (level: readonly Losses[]) =>
    minus(mean, lossesOf(expectedRows(level, [k])[0] ?? new Float64Array(0), samples), samples);
  return { oracle: gainOf(alignedRuns(runs, data)), inside: gainOf(levelInDomains(runs, data)) };
}

/** The same gain on every byte puts each run at the mean of all. */
function alignedRuns(runs: readonly Losses[], { samples, weights }: EnsembleData): Losses[] {
  const levels = runs.map((run) => objectiveOf(run, weights));
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return runs.map(({ nll }, r) => {
    const off = (levels[r] as number) - mean;
    return lossesOf(
      Float64Array.from(nll, (value, s) => value - off * (samples.tokens[s] as number)),
      samples,
    );
  });
}

/** Every run at the mean of all in each domain. */
export function levelInDomains(runs: readonly Losses[], data: EnsembleData): Losses[] {
  const { samples, weights } = data;
  const mean = meanOf(runs, data);
  return runs.map(({ nll, domains }) => {
    const level = Float64Array.from(nll);
    for (let d = 0; d < weights.length; d++) {
      const off = (domains[d] as number) - (mean.domains[d] as number);
      for (let s = samples.start[d] as number; s < (samples.start[d + 1] as number); s++)
        level[s] = (level[s] as number) - off * (samples.tokens[s] as number);
    }
    return lossesOf(level, samples);
  });
}

export function meanOf(rows: readonly Losses[], { samples }: EnsembleData): Losses {
  return combination(
    rows,
    rows.map(() => 1 / rows.length),
    samples,
  );
}
