import { describe, expect, it } from 'vitest';
import { verifySteps } from '../../core/design/verify-steps.ts';
import type { Method } from '../../core/experiment/experiment.ts';
import { makeReport } from '../../core/report/make-report.ts';
import type { StepStudy } from '../../core/report/study/step-study.ts';
import { digest } from '../../core/store/canonical.ts';
import type { PlanId } from '../../core/store/format.ts';
import type { KnownResults } from '../../core/store/progress.ts';
import { inputOf, type SweepOptions, subsetsOf, World, type WorldOptions } from './world.ts';

const TUNED: Method = { method: 'task_arithmetic', scale: 'tuned', normalize: true, compatibility: 'none' };
const SMALL: WorldOptions = { seed: 5, experts: 6, domains: 3, samples: 40, scaled: true };
/** Samples that are all alike but for their own difficulty: what is measured is then the truth, to float32. */
const EXACT: WorldOptions = { ...SMALL, taste: 0, feeling: 0, difficulty: 0 };

const asked = { methods: [TUNED] } satisfies SweepOptions;

function studyOf(input: ReturnType<typeof inputOf>): StepStudy {
  const step = makeReport(input, { stage: 'complete' }).study?.cells[0]?.step;
  if (!step) throw new Error('no step study');
  return step;
}

/** With the verifying merges planned and measured. */
function verified(input: ReturnType<typeof inputOf>): ReturnType<typeof inputOf> {
  const grown = verifySteps(input.plan, input.results as unknown as KnownResults);
  const plan = { ...grown, id: digest(grown) as PlanId };
  input.results.feed(plan);
  return { ...input, plan };
}

/** Loss over the scale is a parabola: its lowest point by three of its points, between 0 and 2. */
function truth(world: World, members: readonly number[]): { scale: number; loss: number } {
  const [a, b, c] = [0, 1, 2].map((scale) => world.macro(members, null, scale)) as [number, number, number];
  const best = (3 * a - 4 * b + c) / (2 * (a - 2 * b + c));
  const scale = Math.min(2, Math.max(0, best));
  return { scale, loss: world.macro(members, null, scale) };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a world of parabolas', () => {
  const world = new World(EXACT);
  const step = studyOf(inputOf(world, asked));

  it('gives every subset its best scale and the loss there', () => {
    expect(step.subsets).toHaveLength(6 + 4 * 2 + 1);
    for (const { members, scale, loss, gain, on_edge } of step.subsets) {
      const best = truth(world, members);
      expect(scale.value).toBeCloseTo(best.scale, 4);
      expect(loss.value).toBeCloseTo(best.loss, 5);
      expect(gain.value).toBeCloseTo(world.macro(members) - best.loss, 5);
      expect(on_edge).toBe(best.scale === 0 || best.scale === 2);
    }
  });

  it('splits the fall of the curve into experts and step length', () => {
    const typical = [1, 6].map((k) => world.typical(k));
    const tuned = [1, 6].map((k) => mean(subsetsOf(6, k).map((members) => truth(world, members).loss)));
    const fall = (typical[0] ?? 0) - (typical[1] ?? 0);
    const left = (tuned[0] ?? 0) - (tuned[1] ?? 0);
    expect(step.fall?.fall.value).toBeCloseTo(fall, 5);
    expect(step.fall?.experts.value).toBeCloseTo(left, 5);
    expect(step.fall?.step.value).toBeCloseTo(fall - left, 5);
    expect(step.fall?.share?.value).toBeCloseTo(1 - left / fall, 4);
  });

  it('says the tuned loss of each k, the exact one where all subsets of it are tuned', () => {
    expect(step.by_k.map(({ k }) => k)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { k, fixed, tuned, gain, subsets, of } of step.by_k) {
      const best = mean(subsetsOf(6, k).map((members) => truth(world, members).loss));
      expect(fixed.value).toBeCloseTo(world.typical(k), 5);
      expect(tuned.value).toBeCloseTo(fixed.value - gain.value, 9);
      expect(tuned.low ?? Number.NaN).toBeLessThanOrEqual(best + 1e-5);
      expect(tuned.high ?? Number.NaN).toBeGreaterThanOrEqual(best - 1e-5);
      if (subsets === of) expect(tuned.value).toBeCloseTo(best, 5);
    }
  });
});

describe('measured with samples that differ', () => {
  it('has the truth within its 95% intervals about as often as they say', () => {
    const held = {
      scale: [] as boolean[],
      gain: [] as boolean[],
      tuned: [] as boolean[],
      share: [] as boolean[],
    };
    const inside = (low: number | null, high: number | null, value: number) =>
      (low ?? Number.NEGATIVE_INFINITY) <= value && value <= (high ?? Number.POSITIVE_INFINITY);
    for (let sampleSeed = 1; sampleSeed <= 40; sampleSeed++) {
      const world = new World({ ...SMALL, experts: 4, seed: 11 }, sampleSeed);
      const step = studyOf(inputOf(world, asked));
      for (const { members, scale, gain } of step.subsets) {
        const best = truth(world, members);
        held.scale.push(inside(scale.low, scale.high, best.scale));
        held.gain.push(inside(gain.low, gain.high, world.macro(members) - best.loss));
      }
      const tuned = (k: number) => mean(subsetsOf(4, k).map((members) => truth(world, members).loss));
      for (const { k, tuned: found } of step.by_k) held.tuned.push(inside(found.low, found.high, tuned(k)));
      const fall = world.typical(1) - world.typical(4);
      const share = 1 - (tuned(1) - tuned(4)) / fall;
      held.share.push(inside(step.fall?.share?.low ?? null, step.fall?.share?.high ?? null, share));
    }
    for (const [what, each] of Object.entries(held)) {
      const covered = each.filter(Boolean).length / each.length;
      expect(covered, what).toBeGreaterThan(0.88);
    }
  });

  it('is not flattered by tuning: on the same samples, the truly best scale is no worse', () => {
    const losses: number[] = [];
    for (let sampleSeed = 1; sampleSeed <= 30; sampleSeed++) {
      const world = new World({ ...SMALL, experts: 4, seed: 11, taste: 0.4 }, sampleSeed);
      for (const { members, loss } of studyOf(inputOf(world, asked)).subsets) {
        const { scale } = truth(world, members);
        const scores = world.domains.map((_, d) => world.score(members, d, null, scale));
        losses.push(loss.value - mean(scores.map(({ nll, tokens }) => nll / tokens)));
      }
    }
    // Chosen and judged on all samples, it would be negative each time.
    expect(mean(losses)).toBeGreaterThan(0);
  });
});

describe('verifying', () => {
  const world = new World(SMALL);

  it('is proposed once all scales are measured, and not before', () => {
    const partly = inputOf(world, asked, -1);
    expect(verifySteps(partly.plan, partly.results as unknown as KnownResults)).toBe(partly.plan);
    const input = inputOf(world, asked);
    const grown = verifySteps(input.plan, input.results as unknown as KnownResults);
    const added = grown.lines.filter(({ purpose }) => purpose.includes('verify'));
    expect(grown.lines.filter(({ purpose }) => !purpose.includes('verify'))).toEqual(input.plan.lines);
    expect(added.length).toBeGreaterThan(3);
    for (const line of added) {
      expect(line).toMatchObject({ purpose: ['verify'], draws: 0 });
      const method = grown.header.methods[line.method ?? -1];
      const scale = method && 'scale' in method ? method.scale : Number.NaN;
      const members = line.subset.map((name) => world.pool.indexOf(name));
      expect(Math.abs(scale - truth(world, members).scale)).toBeLessThan(0.3);
    }
    // The same results give the same plan, whatever else was measured since.
    input.results.feed({ ...grown, id: input.plan.id });
    expect(verifySteps(input.plan, input.results as unknown as KnownResults)).toEqual(grown);
  });

  it('takes the place of what was read off the parabola', () => {
    const input = inputOf(world, asked);
    const before = studyOf(input);
    const after = studyOf(verified(input));
    expect(before.unverified).toBeGreaterThan(3);
    expect(before.proposed).toBe(before.unverified);
    expect(after).toMatchObject({ unverified: 0, proposed: 0 });
    for (const [i, { loss }] of after.subsets.entries())
      expect(loss.value).toBeCloseTo(before.subsets[i]?.loss.value ?? Number.NaN, 3);
  });

  it('changes nothing of what is recommended', () => {
    const plain: Method = { ...TUNED, scale: 1 };
    const fixed = makeReport(inputOf(world, { methods: [plain] }), { stage: 'complete' });
    const tuned = makeReport(verified(inputOf(world, asked)), { stage: 'complete' });
    expect(tuned.headline).toEqual(fixed.headline);
    expect(tuned.cells).toEqual(fixed.cells);
    expect(fixed.study?.cells[0]?.step).toBeNull();
  });
});

it('a plan measured as far as any line gives a sane report', () => {
  const world = new World({ ...SMALL, experts: 3 });
  const { lines } = inputOf(world, asked).plan;
  for (let done = 0; done <= lines.length; done += 3) {
    const input = inputOf(world, asked, done);
    const report = makeReport(input, { stage: 'complete' });
    expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity/);
    const step = report.study?.cells[0]?.step;
    for (const { merges } of step?.subsets ?? []) expect(merges.length).toBeGreaterThanOrEqual(6);
  }
});
