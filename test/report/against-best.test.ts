import { describe, expect, it } from 'vitest';
import type { Method, Subsets } from '../../core/experiment/experiment.ts';
import { ReportMaker } from '../../core/report/make-report.ts';
import type { Cell, Report } from '../../core/report/report.ts';
import { inputOf, World } from './world.ts';

const REPLICATES = 12;
const SCALES = [1, 0.6, 0.9] as const;
const methods: readonly Method[] = [
  { method: 'average', compatibility: 'none' },
  ...([0.6, 0.9] as const).map(
    (scale) => ({ method: 'task_arithmetic', scale, normalize: true, compatibility: 'none' }) as const,
  ),
];
const world = { seed: 5, experts: 6, domains: 3, samples: 40, spread: 0.3, scaled: true };

function reportOf(seed: number, subsets: Subsets, stage: 'points' | 'complete' = 'complete'): Report {
  const input = inputOf(new World(world, 1 + seed, world.seed), { methods, subsets, seed });
  return new ReportMaker().make(input, { stage });
}

function bestOf({ cells }: Report): Cell {
  const best = cells.find(({ rank }) => rank === 1);
  if (!best) throw new RangeError('a report of complete methods ranks them');
  return best;
}

describe('methods beside the best one', () => {
  it('are compared with the one of rank 1, at each k and at its recommended k', () => {
    const report = reportOf(0, { kind: 'all' });
    const best = bestOf(report);
    expect(best.against_best).toBeNull();
    const k = best.curves[0]?.recommended_k?.k;
    for (const cell of report.cells.filter((each) => each !== best)) {
      const { method, at, by_k } = cell.against_best ?? {};
      expect(method).toBe(best.method);
      expect(by_k?.map((each) => each.k)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(at).toEqual(by_k?.find((each) => each.k === k));
      for (const { k: each, difference, subsets, of } of by_k ?? []) {
        const meanOf = (of: Cell) =>
          of.curves[0]?.points.find((point) => point.k === each)?.mean ?? Number.NaN;
        expect(difference.value).toBeCloseTo(meanOf(cell) - meanOf(best), 6);
        expect(subsets).toBe(of);
      }
    }
  });

  it('have no intervals before they are computed', () => {
    const report = reportOf(0, { kind: 'all' }, 'points');
    const compared = report.cells.flatMap(({ against_best }) => against_best?.by_k ?? []);
    expect(compared.length).toBeGreaterThan(0);
    for (const { difference } of compared) expect(difference).toMatchObject({ low: null, high: null });
  });

  it.each<Subsets>([{ kind: 'all' }, { kind: 'per_k', count: 5 }, { kind: 'permutations', count: 8 }])(
    'hold the true difference in 95% of repetitions, and are narrower than levels: $kind',
    (subsets) => {
      const truth = new World(world);
      let hits = 0;
      let total = 0;
      let narrower = 0;
      for (let seed = 0; seed < REPLICATES; seed++) {
        const report = reportOf(seed, subsets);
        const best = bestOf(report);
        for (const cell of report.cells) {
          for (const { k, difference } of cell.against_best?.by_k ?? []) {
            const { low, high } = difference;
            if (low === null || high === null) continue;
            const scaleOf = (method: number) => SCALES[method] ?? Number.NaN;
            const expected = truth.typical(k, scaleOf(cell.method)) - truth.typical(k, scaleOf(best.method));
            const level = cell.curves[0]?.points.find((point) => point.k === k);
            total += 1;
            if (low <= expected && expected <= high) hits += 1;
            if (high - low < (level?.high ?? 0) - (level?.low ?? 0)) narrower += 1;
          }
        }
      }
      // The k of one repetition share their samples: two methods are as good as two draws. Three binomial errors are allowed.
      expect(total).toBeGreaterThan(9 * REPLICATES);
      expect(hits / total).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / (2 * REPLICATES)));
      expect(narrower / total).toBeGreaterThan(0.95);
    },
  );
});
