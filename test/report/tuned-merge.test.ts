import { describe, expect, it } from 'vitest';
import { verifySteps } from '../../core/design/verify-steps.ts';
import type { Method } from '../../core/experiment/experiment.ts';
import { makeReport } from '../../core/report/make-report.ts';
import { mergekitYaml } from '../../core/report/mergekit.ts';
import { modelCard } from '../../core/report/model-card.ts';
import { scaledMerges, tunedMerge } from '../../core/report/tuned-merge.ts';
import { digest } from '../../core/store/canonical.ts';
import type { PlanId } from '../../core/store/format.ts';
import type { KnownResults } from '../../core/store/progress.ts';
import { inputOf, World } from './world.ts';

const TUNED: Method = { method: 'task_arithmetic', scale: 'tuned', normalize: true, compatibility: 'none' };
const world = new World({ seed: 5, experts: 5, domains: 2, samples: 20, scaled: true });
const searched = inputOf(world, { methods: [TUNED] });
const choice = { size: 'default', method: 0, subset: world.pool, seed: null };
const everyone = world.pool.map((_, i) => i);

/** With the merge at each best scale planned and measured. */
function verified(): typeof searched {
  const grown = verifySteps(searched.plan, searched.results as unknown as KnownResults);
  const plan = { ...grown, id: digest(grown) as PlanId };
  searched.results.feed(plan);
  return { ...searched, plan };
}

describe('a subset of a tuned method', () => {
  const { plan, ...rest } = verified();
  const report = makeReport({ ...rest, plan }, { stage: 'complete' });
  const tuned = tunedMerge(plan.header, report, choice);
  const fixed = scaledMerges(plan.header, report, choice).find(({ scale }) => scale === 1)?.loss;

  it('is merged at the measured scale of lowest loss', () => {
    const measured = report.study?.cells[0]?.step?.subsets.find(
      ({ members }) => members.length === 5,
    )?.merges;
    const lowest = Math.min(...(measured ?? []).filter(({ scale }) => scale > 0).map(({ loss }) => loss));
    expect(tuned?.loss).toBe(lowest);
    expect(tuned?.loss).toBeLessThan(fixed ?? 0);
    expect(plan.header.methods[tuned?.method ?? -1]).toEqual({
      ...plan.header.methods[0],
      scale: tuned?.scale,
    });
    // The scale was searched, then merged: no scale of the search is as good.
    expect(world.macro(everyone, null, tuned?.scale)).toBeLessThan(world.macro(everyone, null, 1));
  });

  it('is the same by whatever scale of the method it is asked for', () => {
    expect(tunedMerge(plan.header, report, { ...choice, method: tuned?.method ?? -1 })).toEqual(tuned);
  });

  it('is written with its scale, its loss and the configuration that makes it', () => {
    const written = { ...choice, method: tuned?.method ?? -1 };
    const card = modelCard(plan, report, written);
    expect(card).toContain(`Method: task_arithmetic (scale ${tuned?.scale}, `);
    const losses = [report.sizes[0]?.base?.objective.value, fixed, tuned?.loss];
    expect(card).toContain(`| ${losses.map((loss) => loss?.toFixed(4)).join(' | ')} |`);
    expect(mergekitYaml(plan.header, written)).toContain(`weight: ${(tuned?.scale ?? 0) / 5}`);
  });
});

it('a subset that was not tuned, weights and a fixed scale stay as they are', () => {
  const report = makeReport(searched, { stage: 'complete' });
  const tuned = report.study?.cells[0]?.step?.subsets.map(({ members }) => members.join());
  const other = [2, 3, 4]
    .map((k) => world.pool.slice(0, k))
    .find((subset) => !tuned?.includes(indices(subset)));
  expect(other).toBeDefined();
  expect(tunedMerge(searched.plan.header, report, { ...choice, subset: other ?? [] })).toBeNull();
  const weights = new Map(world.pool.map((name) => [name, 0.2]));
  expect(tunedMerge(searched.plan.header, report, { ...choice, weights })).toBeNull();
  const fixed = inputOf(world, { methods: [{ ...TUNED, scale: 1 }] });
  const plain = makeReport(fixed, { stage: 'complete' });
  expect(tunedMerge(fixed.plan.header, plain, choice)).toBeNull();
});

function indices(subset: readonly string[]): string {
  return subset.map((name) => world.pool.indexOf(name)).join();
}
