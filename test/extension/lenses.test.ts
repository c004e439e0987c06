import { describe, expect, it } from 'vitest';
import type { WorkerStatus } from '../../core/store/format.ts';
import type { ExperimentState } from '../../extension/experiments/experiment-state.ts';
import { lenses } from '../../extension/language/lenses.ts';
import { edited, measured, planState, sample, World } from './edited.ts';

const text = sample('nine-domains');
const uri = 'file:///lab/nine-domains.mergelab.yaml';
const titles = (state: Partial<ExperimentState>, trusted = true) =>
  lenses(edited(text, state), { uri, trusted }).map(({ title }) => title);
const worker = (more: Partial<WorkerStatus>): WorkerStatus =>
  ({
    state: 'running',
    done: 0,
    failed: 0,
    total: 521,
    at_start: 0,
    seconds_left: null,
    waiting_for: null,
    ...more,
  }) as WorkerStatus;
const running = (state: ExperimentState['run']['state'], more: Partial<WorkerStatus> = {}) => ({
  run: { state, workers: [worker(more)], pace: [] },
});

describe('lenses', () => {
  it('are there before anything is known', () => {
    expect(titles({})).toEqual(['▶ Run (511 merges · local)', 'Plan', 'Dashboard']);
    const commands = lenses(edited(''), { uri, trusted: true });
    expect(commands.map(({ command }) => command)).toEqual([
      'mergeLab.run',
      'mergeLab.plan',
      'mergeLab.openDashboard',
    ]);
    expect(commands.every(({ args }) => args[0] === uri)).toBe(true);
  });

  it('say what a run would do', () => {
    expect(titles({ plan: planState() })[0]).toBe('▶ Run (511 merges · about 1 min · local)');
    const unknown = planState({ estimate: { ...planState().estimate, seconds: null } });
    expect(titles({ plan: unknown })[0]).toBe('▶ Run (511 merges · local)');
    expect(titles({ plan: planState({ total: 2, unmerged: 1, missing: 2 }) })[0]).toContain('(1 merge ·');
  });

  it('bound what a sweep until its means are known may take, and are done when they are', () => {
    const until = text.replace('subsets: all', 'subsets: { precision: 0.01, at_most: 200 }');
    const of = (state: Partial<ExperimentState>) =>
      lenses(edited(until, state), { uri, trusted: true }).map(({ title }) => title);
    expect(of({})[0]).toBe('▶ Run (at most 200 merges · local)');
    const plan = planState({ total: 210, done: 90, missing: 120 });
    expect(of({ plan })[0]).toBe('▶ Run (at most 120 new · about 1 min)');
    expect(of({ plan: { ...plan, missing: 0 }, ...running('stopped') })[0]).toBe('Merge recommended subset');
  });

  it('of a file that was opened with errors say that they come first', () => {
    const [run] = lenses(edited(`${text}  pick: 99\n`), { uri, trusted: true });
    expect(run?.title).toBe('▶ Run (first correct 1 error)');
  });

  it('of a run on a host that nobody here asks offer to follow it, and while it is asked say when that fails', () => {
    const host = { name: 'gpu-box', seen: null };
    const far = running('running', { done: 193, total: 521 });
    expect(titles({ ...far, host: { ...host, link: 'apart' } })).toEqual([
      'Follow on gpu-box (37% when last seen)',
      'Plan',
      'Dashboard',
    ]);
    expect(titles({ ...far, host: { ...host, link: 'connected' } })[0]).toBe('■ Stop (37%)');
    expect(titles({ ...far, host: { ...host, link: 'reconnecting' } }).slice(0, 2)).toEqual([
      '■ Stop (37%)',
      'reconnecting to gpu-box, nothing heard yet',
    ]);
    expect(titles({ ...far, host: { ...host, link: 'apart' } }, false)).toEqual(['Dashboard']);
  });

  it('say what is new after an edit, and what is left of a stopped run', () => {
    const plan = planState({ done: 509, missing: 12 });
    expect(titles({ plan })[0]).toBe('▶ Run (12 new · about 1 min)');
    const unknown = { ...plan, estimate: { ...plan.estimate, seconds: null } };
    expect(titles({ plan: unknown })[0]).toBe('▶ Run (12 new)');
    expect(titles({ plan, ...running('stopped') })[0]).toBe('▶ Run (12 left · about 1 min)');
  });

  it('follow a run, and are never at 100% before its end', () => {
    expect(titles({ ...running('starting') })[0]).toBe('■ Stop (starting)');
    expect(titles({ ...running('running', { done: 193, total: 521, seconds_left: 20 }) })[0]).toBe(
      '■ Stop (37%, 20 s left)',
    );
    expect(titles({ ...running('running', { done: 520, failed: 1, total: 521 }) })[0]).toBe('■ Stop (99%)');
    const ofNew = { done: 531, total: 1032, at_start: 521 };
    expect(titles({ ...running('running', ofNew) })[0]).toBe('■ Stop (1%)');
    expect(titles({ ...running('stopping') })[0]).toBe('■ Stop now');
    const queued = lenses(edited(text, running('queued', { waiting_for: 'another run\u001b[31m' })), {
      uri,
      trusted: true,
    });
    expect(queued[0]?.title).toBe('■ Stop (queued)');
    expect(queued[0]?.tooltip).toContain('Waiting for another run\ufffd[31m');
  });

  it('offer the merge when all is done, unless the numbers are of another text', () => {
    const world = new World({ seed: 7, experts: 4, domains: 2, samples: 20 });
    const plan = planState({ done: 521, missing: 0 });
    const done = (stale: string | null) =>
      lenses(measured(world, '', { stage: 'points' }, { plan, stale }), { uri, trusted: true });
    expect(done(null).map(({ title }) => title)).toEqual(['Merge recommended subset', 'Plan', 'Dashboard']);
    expect(done(null)[0]?.command).toBe('mergeLab.mergeRecommended');
    // Its place is kept while the report is being made.
    expect(titles({ plan })).toEqual(['Merge recommended subset', 'Plan', 'Dashboard']);
    expect(done('The data changed.').map(({ title }) => title)).toEqual(['Plan', 'Dashboard']);
  });

  it('offer the merge that the file names, weights too, whatever the numbers say', () => {
    const world = new World({ seed: 7, experts: 4, domains: 2, samples: 20 });
    const plan = planState({ done: 521, missing: 0 });
    const [e0, e1] = world.pool as [string, string];
    const of = (merge: string, stale: string | null = null) =>
      lenses(measured(world, `merge: ${merge}\n`, { stage: 'points' }, { plan, stale }), {
        uri,
        trusted: true,
      })[0];
    const weighted = of(`{ weights: { ${e1}: 0.4, ${e0}: 0.6, e2: 0 } }`);
    expect(weighted?.title).toBe('Merge weights of 2 experts');
    expect(weighted?.command).toBe('mergeLab.mergeRecommended');
    expect(weighted?.tooltip).toBe(`Write ${e0} 0.600 and ${e1} 0.400, or the recommended subset`);
    expect(of(`{ subset: [${e0}] }`, 'The data changed.')).toMatchObject({
      title: 'Merge 1 expert',
      tooltip: `Write ${e0}`,
    });
    expect(of('{ out: ./merged }')?.title).toBe('Merge recommended subset');
  });

  it('offer to verify what is foretold to be better, and only that', () => {
    const world = new World({ seed: 3, experts: 8, domains: 2, samples: 20 });
    const plan = planState({ done: 80, missing: 0 });
    const of = (text: string, stale: string | null = null) =>
      lenses(measured(world, text, { stage: 'complete' }, { plan, stale }), { uri, trusted: true });
    const [merge, verify] = of('sweep: { subsets: 8 }\n');
    expect(merge?.title).toBe('Merge recommended subset');
    expect(verify?.title).toMatch(/^Verify \d+ subsets and the best weights$/);
    expect(verify?.command).toBe('mergeLab.verify');
    expect(of('sweep: { subsets: 8 }\n', 'The data changed.').map(({ title }) => title)).not.toContain(
      verify?.title,
    );
    expect(of('methods: [ties]\n').map(({ title }) => title)).toEqual([
      'Merge recommended subset',
      'Plan',
      'Dashboard',
    ]);
  });

  it('run nothing that is not trusted', () => {
    expect(titles({ plan: planState() }, false)).toEqual(['Dashboard']);
    expect(titles({ ...running('running', { done: 3 }) }, false)).toEqual(['Dashboard']);
  });

  it('say what goes on where one would start it, and start nothing meanwhile', () => {
    const busy = 'Looking at models and data';
    const shown = lenses(edited(text, { busy }), { uri, trusted: true });
    expect(shown.map(({ title, command }) => [title, command])).toEqual([
      ['Looking at models and data …', null],
      ['Dashboard', 'mergeLab.openDashboard'],
    ]);
    expect(titles({ busy: 'Merging', ...running('running') })).toEqual([
      '■ Stop (0%)',
      'Plan',
      'Dashboard',
      'Merging …',
    ]);
  });

  it('draw no icons for names', () => {
    const hostile = `target: "$(zap)\\n"\n${text}`;
    expect(lenses(edited(hostile, { plan: planState() }), { uri, trusted: true })[0]?.title).toMatch(
      /· \$ \(zap\)\ufffd\)$/,
    );
  });
});
