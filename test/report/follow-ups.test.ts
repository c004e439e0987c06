import { describe, expect, it } from 'vitest';
import { requestMerges } from '../../core/design/requests.ts';
import { ReportMaker } from '../../core/report/make-report.ts';
import { mergePoints } from '../../core/report/merge-table.ts';
import { modelCard } from '../../core/report/model-card.ts';
import type { Report } from '../../core/report/report.ts';
import { whyNoFollowUps } from '../../core/report/study/follow-ups.ts';
import { measuredWeightsOf, namedWeights } from '../../core/report/study/merge-weights.ts';
import { digest } from '../../core/store/canonical.ts';
import type { Plan, PlanId } from '../../core/store/format.ts';
import { inputOf, type SweepOptions, World, WorldResults } from './world.ts';

const world = new World({ seed: 3, experts: 8, domains: 3, samples: 40, taste: 0.02, feeling: 0.02 });

/** As a client does: report, grow the plan by what it proposes, measure that, report again. */
function verified(options: SweepOptions) {
  const input = inputOf(world, options);
  const maker = new ReportMaker();
  const before = maker.make(input, { stage: 'complete' });
  const sweep = requestMerges(input.plan, before.study?.follow_ups ?? []);
  const plan: Plan = { ...sweep, id: digest(sweep) as PlanId };
  input.results.feed(plan);
  const after = maker.make({ ...input, plan, otherPlans: [input.plan] }, { stage: 'complete' });
  return { before, after, plan };
}

const chosen = ({ cells }: Report) => cells[0]?.selection?.chosen ?? [];
const predictedIn = ({ study }: Report) => {
  const predicted = study?.cells[0]?.predicted;
  if (predicted?.kind !== 'predicted') throw new RangeError('nothing is foretold');
  return predicted;
};

describe('predicted, then measured, then recommended', () => {
  const sampled = { subsets: { kind: 'per_k', count: 8 } } as const;
  const { before, after, plan } = verified(sampled);

  it('proposes the five best predictions of each size that may have a better subset, and the best weights', () => {
    const requests = before.study?.follow_ups ?? [];
    const subsets = requests.flatMap((request) => ('subset' in request ? [request.subset] : []));
    expect(subsets.length).toBeGreaterThan(5);
    expect(requests.length).toBe(subsets.length + 1);
    const measured = new Set(measuredIn(before));
    for (const subset of subsets) expect(measured.has(subset.join())).toBe(false);
    for (let k = 2; k < 8; k++) {
      const own = subsets.filter(({ length }) => length === k).length;
      const best = predictedIn(before).proposal.find(({ members }) => members.length === k);
      const known = chosen(before).find((each) => each.k === k)?.loss ?? Number.NaN;
      expect(own).toBe((best?.loss.value ?? Number.POSITIVE_INFINITY) < known ? 5 : 0);
    }
  });

  it('finds the best subset of every size with a fraction of all merges', () => {
    const all = inputOf(world);
    const truth = new ReportMaker().make(all, { stage: 'points' });
    const regret = (report: Report) =>
      chosen(report).map(({ k, loss }) => loss - (chosen(truth).find((each) => each.k === k)?.loss ?? 0));
    expect(Math.max(...regret(before))).toBeGreaterThan(0.005);
    expect(Math.max(...regret(after))).toBeLessThan(0.0005);
    expect(plan.lines.length).toBeLessThan(0.4 * all.plan.lines.length);
  });

  it('says what the merged weights have, beside the best measured subset on the same samples', () => {
    const [weights] = predictedIn(after).measured_weights;
    const best = Math.min(...chosen(after).map(({ loss }) => loss));
    expect(weights?.gain.value).toBeCloseTo(best - (weights?.loss.value ?? 0), 12);
    expect(weights?.gain.low).toBeLessThan(weights?.gain.value ?? Number.NaN);
    expect(weights?.loss.value).toBeCloseTo(predictedIn(before).weights?.loss.value ?? Number.NaN, 2);
    const named = new Map(Object.entries(namedWeights(after, weights?.weights ?? [])));
    expect(measuredWeightsOf(after, 'default', named)).toBe(weights);
    expect(measuredWeightsOf(after, 'default', new Map([...named].slice(1)))).toBeNull();
    const choice = { size: 'default', method: 0, seed: null, subset: [...named.keys()], weights: named };
    const card = modelCard(plan, after, choice);
    expect(card).toContain(`${weights?.loss.value.toFixed(4)} |\n`);
    for (const loss of weights?.domains ?? []) expect(card).toContain(`| ${loss.toFixed(4)} |\n`);
    // No model as it is: it has no part in the sizes' unmerged ones, and is in no cell.
    expect(after.sizes).toEqual(before.sizes);
    expect(after.progress).toMatchObject({ done: plan.lines.length, total: plan.lines.length });
  });

  it('comes to an end', () => {
    expect(after.study?.follow_ups.length).toBeLessThan(before.study?.follow_ups.length ?? 0);
    const { before: exhaustive } = verified({ goals: { must_exclude: ['e0'] } });
    expect(exhaustive.study?.follow_ups.filter((request) => 'subset' in request)).toEqual([]);
    expect(whyNoFollowUps(exhaustive)).toBe('Every subset that the sweep asks for is measured.');
  });

  it('does not ask again for what cannot be merged', () => {
    const input = inputOf(world, sampled);
    const requests = new ReportMaker().make(input, { stage: 'complete' }).study?.follow_ups ?? [];
    const sweep = requestMerges(input.plan, requests);
    const [line] = sweep.lines.filter(({ purpose }) => purpose.includes('verify'));
    if (!line) throw new Error('nothing is asked for');
    input.results.fail(line.key);
    const again = new ReportMaker().make(
      { ...input, plan: { ...input.plan, ...sweep } },
      { stage: 'complete' },
    );
    const subsets = (own: typeof requests) =>
      own.flatMap((each) => ('subset' in each ? [each.subset.join()] : []));
    expect(subsets(requests)).toContain(line.subset.join());
    expect(subsets(again.study?.follow_ups ?? [])).not.toContain(line.subset.join());
  });

  it('leaves the typical curve to the design', () => {
    const means = (report: Report) => report.cells[0]?.curves[0]?.points.map(({ k, mean }) => [k, mean]);
    expect(means(after)).toEqual(means(before));
  });

  it('does not count in the typical curve ahead of its turn in the draw', () => {
    const input = inputOf(world, { subsets: { kind: 'per_k', count: 20 } });
    const early = input.plan.lines.filter(
      ({ subset, purpose }) => subset.length < 4 || purpose.includes('anchor'),
    );
    const part = { ...input, results: new WorldResults(world).feed(input.plan, early) };
    const ofFour = input.plan.lines.filter(({ subset, method }) => subset.length === 4 && method === 0);
    part.results.feed(input.plan, ofFour.slice(0, 8));
    const late = ofFour.at(-1);
    if (!late) throw new Error('nothing is drawn');
    const asked = { purpose: 'verify', size: 'default', method: 0, subset: late.subset } as const;
    const plan = { ...requestMerges(input.plan, [asked]), id: input.plan.id };
    const pointAt = (lines: Plan['lines']) =>
      new ReportMaker()
        .make({ ...part, plan: { ...plan, lines } }, { stage: 'points' })
        .cells[0]?.curves[0]?.points.find(({ k }) => k === 4);
    const without = pointAt(input.plan.lines);
    part.results.feed(plan, [late]);
    expect(pointAt(plan.lines)).toMatchObject({ mean: without?.mean, draws: 8 });
    part.results.feed(plan, ofFour);
    expect(pointAt(plan.lines)?.draws).toBe(20);
    expect(pointAt(plan.lines)?.mean).toBeCloseTo(pointAt(input.plan.lines)?.mean ?? Number.NaN, 12);
  });

  it('asks for nothing that the goals forbid, and only for sizes that are swept or picked', () => {
    const { before: bound } = verified({
      subsets: { kind: 'per_k', count: 25 },
      k: [2, 3, 4],
      goals: { must_include: ['e1'], must_exclude: ['e0'], pick: 6 },
    });
    const subsets = (bound.study?.follow_ups ?? []).flatMap((request) =>
      'subset' in request ? [request.subset] : [],
    );
    expect(subsets.length).toBeGreaterThan(0);
    for (const subset of subsets) {
      expect(subset).toContain('e1');
      expect(subset).not.toContain('e0');
      expect([2, 3, 4, 6]).toContain(subset.length);
    }
  });

  it('is silent while a method is no sum, and says why', () => {
    const ties = {
      method: 'ties',
      scale: 1,
      density: 1,
      trim_scope: 'tensor',
      compatibility: 'none',
    } as const;
    const { before: none } = verified({ ...sampled, methods: [ties] });
    expect(none.study?.follow_ups).toEqual([]);
    expect(whyNoFollowUps(none)).toBe('Only averages and task arithmetic are foretold.');
  });
});

function measuredIn({ cells, pool }: Report): string[] {
  const merges = cells[0] ? mergePoints(cells[0].merges) : [];
  return merges.map(({ members }) => members.map((member) => pool[member]).join());
}
