/** A tuned step length from the file to the report, with real merges. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { Report } from '../../core/report/report.ts';
import type { StepStudy } from '../../core/report/study/step-study.ts';
import { ExperimentSession } from '../../runner/experiment-session.ts';
import { TINY, TinyWorld } from './tiny-world.ts';

/** Models are loaded several times, on a machine that may be busy. */
vi.setConfig({ testTimeout: 300_000 });

const TUNED = `${TINY}methods: [{ method: task_arithmetic, scale: tuned }]\n`;
/** Base and three experts, seven subsets, and six of them at five scales more. */
const MERGES = 4 + 7 + 6 * 5;

let world: TinyWorld;
const sessions: ExperimentSession[] = [];

beforeAll(() => {
  world = new TinyWorld();
}, 120_000);
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.dispose()));
});
afterAll(() => world.remove());

async function open(file: string): Promise<ExperimentSession> {
  const session = await ExperimentSession.open(file, { device: 'cpu' });
  sessions.push(session);
  return session;
}

/** Another experiment in the same folder, with the same store. */
function beside(file: string, text: string): string {
  const other = path.join(path.dirname(file), 'other.mergelab.yaml');
  writeFileSync(other, text);
  return other;
}

async function runAll(file: string): Promise<Report> {
  const session = await open(file);
  await session.run();
  using following = session.follow(() => {});
  expect(await following.finished).toMatchObject({ state: 'done', failed: 0 });
  return session.report();
}

function stepOf(report: Report): StepStudy {
  const step = report.study?.cells[0]?.step;
  if (!step) throw new Error('no step length');
  return step;
}

it('is searched in one run, verified in the next, and found again in the store', async () => {
  const file = world.experiment(TUNED);
  expect(await (await open(file)).plan()).toMatchObject({ done: 0, missing: MERGES });
  const first = await runAll(file);
  expect(first.headline.state).toBe('complete');
  const found = stepOf(first);
  expect(found.by_k.map(({ k }) => k)).toEqual([1, 2, 3]);
  expect(found.subsets).toHaveLength(6);
  const base = first.sizes[0]?.base?.objective.value;
  for (const { merges } of found.subsets) {
    expect(merges.map(({ scale }) => scale)).toEqual([0, 0.25, 0.5, 0.75, 1, 1.5, 2]);
    expect(merges[0]?.loss).toBe(base);
    // A short step changes the loss a little, and each scale gives another model.
    expect(new Set(merges.map(({ loss }) => loss)).size).toBe(7);
  }

  const next = await open(file);
  const { missing, done } = await next.plan();
  expect(done).toBe(MERGES);
  expect(missing).toBe(found.proposed);
  expect(missing).toBeGreaterThan(0);
  const last = await runAll(file);
  expect(stepOf(last).proposed).toBe(0);
  expect(last.cells[0]?.curves).toEqual(first.cells[0]?.curves);
  const after = await open(file);
  expect(await after.plan()).toMatchObject({ missing: 0 });
  expect(stepOf(await after.report())).toEqual(stepOf(last));

  const whole = stepOf(last).subsets.find(({ members }) => members.length === 3)?.merges ?? [];
  const losses = whole.filter(({ scale }) => scale > 0).map(({ loss }) => loss);
  const best = whole.find(({ loss }) => loss === Math.min(...losses));
  const subset = last.pool;
  const written = await after.merge({ subset, out: 'tuned' });
  expect(written.loss).toBe(best?.loss);
  const text = readFileSync(path.join(written.out, 'README.md'), 'utf8');
  expect(text).toContain(`(scale ${best?.scale}, `);
  const short = await after.merge({ subset, out: 'short', scale: 0.25 });
  expect(short.method).toMatch(/ at scale 0\.25$/);
  expect(short.loss).toBe(whole.find(({ scale }) => scale === 0.25)?.loss);
  await expect(after.merge({ subset, out: 'other', scale: 3 })).rejects.toThrow('no scale "3"');
});

it('gives what a method of that scale gives: its merges are known to another experiment', async () => {
  const file = world.experiment(TUNED);
  const tuned = stepOf(await runAll(file));
  const fixed = await open(beside(file, `${TINY}methods: [{ method: task_arithmetic, scale: 0.5 }]\n`));
  // Of seven subsets six are tuned, and the unmerged models are the same.
  expect(await fixed.plan()).toMatchObject({ done: 4 + 6, missing: 1 });
  const report = await fixed.report();
  const single = report.cells[0]?.curves[0]?.points.find(({ k }) => k === 1)?.mean ?? Number.NaN;
  const losses = tuned.subsets
    .filter(({ members }) => members.length === 1)
    .flatMap(({ merges }) => merges.filter(({ scale }) => scale === 0.5).map(({ loss }) => loss));
  expect(losses).toHaveLength(3);
  expect(losses.reduce((sum, loss) => sum + loss, 0) / 3).toBeCloseTo(single, 9);
});
