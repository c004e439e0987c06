import { describe, expect, it } from 'vitest';
import type { Method } from '../../core/experiment/experiment.ts';
import { makeReport } from '../../core/report/make-report.ts';
import type { Cell, Curve, Report } from '../../core/report/report.ts';
import { againstBestText } from '../../words/against-best.ts';
import { inputOf, type SweepOptions, World, type WorldOptions } from './world.ts';

const OPTIONS: WorldOptions = { seed: 3, experts: 7, domains: 2, samples: 30, spread: 0.4, rough: 0.002 };
const world = new World(OPTIONS);
const subsets = { kind: 'precision', precision: 0.001, at_most: 200 } as const;
/** The base, single experts merged and not, and the whole pool. */
const ANCHORS = 1 + 7 + 7 + 1;

function cellAfter(lines: number, options: SweepOptions = {}, of = world): Cell {
  const [cell] = makeReport(inputOf(of, { subsets, ...options }, lines), { stage: 'complete' }).cells;
  if (!cell) throw new Error('no cell');
  return cell;
}

function objective({ curves }: Cell): Curve {
  const [curve] = curves;
  if (!curve) throw new Error('no curve');
  return curve;
}

const all = objective(cellAfter(Number.POSITIVE_INFINITY, { subsets: { kind: 'all' } }));

/** Largest distance from the means over all subsets. */
function error({ points }: Curve): number {
  return Math.max(...points.map(({ mean }, i) => Math.abs(mean - (all.points[i]?.mean ?? Number.NaN))));
}

describe('the typical curve of a sweep that ends by precision', () => {
  const looked = cellAfter(ANCHORS + 5 * 9);

  it('rests on the assisted means of the last look, nearer to all subsets and surer than plain ones', () => {
    const plain = objective(cellAfter(ANCHORS + 5 * 9, { subsets: { kind: 'per_k', count: 9 } }));
    expect(looked.typical).toMatchObject({ means: 'assisted' });
    if (looked.typical.means === 'assisted') expect(looked.typical.narrower).toBeGreaterThan(3);
    expect(error(objective(looked))).toBeLessThan(error(plain) / 4);
    const width = ({ marginal_gain: gains }: Curve) =>
      (gains ?? []).reduce((sum, { low, high }) => sum + ((high ?? Infinity) - (low ?? -Infinity)), 0);
    expect(width(objective(looked))).toBeLessThan(width(plain) / 2);
  });

  it('has the estimates of the precision', () => {
    const first = cellAfter(ANCHORS + 5 * 6);
    for (const { k, loss } of first.precision?.points ?? [])
      expect(objective(first).points.find((point) => point.k === k)?.mean).toBeCloseTo(loss, 9);
    expect(first.precision?.points).toHaveLength(5);
  });

  it('is that of each domain by the same weights', () => {
    const [whole, ...domains] = looked.curves;
    for (const [at, { mean }] of whole?.points.entries() ?? []) {
      const means = domains.map(({ points }) => points[at]?.mean ?? Number.NaN);
      expect(means.reduce((sum, x) => sum + x, 0) / means.length).toBeCloseTo(mean, 9);
    }
  });

  it('says as much of experts like these as if every subset were measured', () => {
    const goals = { interval: 'population' } as const;
    const whole = objective(cellAfter(Number.POSITIVE_INFINITY, { subsets: { kind: 'all' }, goals }));
    const width = (curve: Curve, at: number) => (curve.points[at]?.high ?? 0) - (curve.points[at]?.low ?? 0);
    const own = objective(cellAfter(ANCHORS + 5 * 9, { goals }));
    for (const at of [1, 2, 3]) {
      expect(width(own, at)).toBeGreaterThan(0.9 * width(whole, at));
      expect(width(own, at)).toBeLessThan(1.1 * width(whole, at));
    }
  });

  it('stays at a look until the next one is complete', () => {
    const means = ({ curves }: Cell) => curves[0]?.points.slice(1, 6).map(({ mean }) => mean);
    expect(means(cellAfter(ANCHORS + 5 * 9 + 11))).toEqual(means(looked));
  });

  it('is exact where every subset is measured', () => {
    const cell = cellAfter(Number.POSITIVE_INFINITY);
    expect(error(objective(cell))).toBeLessThan(1e-12);
    expect(cell.typical).toEqual({ means: 'plain', problem: null });
  });

  it('is of plain means before the first look, under goals that leave subsets out, and in other sweeps', () => {
    const plain = { means: 'plain', problem: null };
    expect(cellAfter(ANCHORS + 5 * 6 - 1).typical).toEqual(plain);
    expect(cellAfter(61, { goals: { must_include: ['e1'] } }).typical).toEqual(plain);
    expect(cellAfter(61, { subsets: { kind: 'per_k', count: 9 } }).typical).toEqual(plain);
  });

  it('is of plain means where the surrogate is refused, and says why', () => {
    const rough = new World({ ...OPTIONS, rough: 0.2 });
    const cell = cellAfter(ANCHORS + 5 * 9, {}, rough);
    expect(cell.typical).toMatchObject({ means: 'plain', problem: { code: 'predicts_poorly' } });
  });

  describe('of two methods', () => {
    const scaled = new World({ ...OPTIONS, scaled: true });
    const methods: readonly Method[] = [
      { method: 'average', compatibility: 'none' },
      { method: 'task_arithmetic', scale: 0.8, normalize: true, compatibility: 'none' },
    ];
    const reportAfter = (lines: number) =>
      makeReport(inputOf(scaled, { subsets, methods }, lines), { stage: 'complete' });
    const ranked = ({ cells }: Report, rank: number) => cells.find((cell) => cell.rank === rank);
    const meanAt = (cell: Cell | undefined, k: number) =>
      cell?.curves[0]?.points.find((point) => point.k === k)?.mean ?? Number.NaN;
    // Of six experts there are seven subsets.
    const looked = ANCHORS + 8 + 2 * (4 * 9 + 7);

    it('differs by what stands beside it', () => {
      const report = reportAfter(looked);
      const [best, other] = [ranked(report, 1), ranked(report, 2)];
      for (const { k, difference, means } of other?.against_best?.by_k ?? []) {
        expect(difference.value).toBeCloseTo(meanAt(other, k) - meanAt(best, k), 6);
        expect(means).toBe(k === 1 || k >= 6 ? 'plain' : 'assisted');
      }
      expect(other?.against_best?.by_k).toHaveLength(7);
    });

    it('says so where one of them has come further, and differences are of plain means', () => {
      const report = reportAfter(looked - 1);
      const other = ranked(report, 2);
      const inner = other?.against_best?.by_k.find(({ k }) => k === 4) ?? null;
      expect(inner?.means).toBe('plain');
      if (!other?.against_best) throw new Error('nothing is compared');
      const text = againstBestText(report, { ...other, against_best: { ...other.against_best, at: inner } });
      expect(text).toContain('plain means of both');
      expect(againstBestText(report, other)).not.toContain('plain');
    });
  });
});
