/** A sweep until its means are known, on the sample with the real agent: all 511 subsets are known from another run. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ReportDocument } from '../../core/report/report-document.ts';
import { finishedSample, finishSample } from '../editor/finished-sample.ts';
import { copySample } from '../editor/sample.ts';

const MAIN = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-precision-'));
vi.setConfig({ testTimeout: 600_000, hookTimeout: 900_000 });

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function mergeLab(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, MERGE_LAB_HOME: path.join(folder, 'home') };
    const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** The experiment with other subsets. */
function withSubsets(file: string, subsets: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}subsets: .*$/m, `  subsets: ${subsets}`));
}

async function reportOf(file: string): Promise<ReportDocument> {
  const { code, out, err } = await mergeLab('report', file, '--json');
  expect(code, err).toBe(0);
  return JSON.parse(out);
}

/** By k: mean over all subsets. */
let truth: ReadonlyMap<number, number>;
let file: string;

beforeAll(async () => {
  await finishSample();
  const points = (await reportOf(finishedSample().file)).cells[0]?.curves[0]?.points ?? [];
  truth = new Map(points.map(({ k, mean }) => [k, mean]));
  ({ file } = copySample(folder));
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

describe('a run until every mean is known to ±0.01 nats', () => {
  test('ends by itself, well before all that is allowed, with the truth in every bound', async () => {
    withSubsets(file, '{ precision: 0.01, at_most: 200 }');
    const { code, out, err } = await mergeLab('run', file, '--json');
    expect(code, err).toBe(0);
    const report: ReportDocument = JSON.parse(out);
    expect(report.precision).toMatchObject({ asked: 0.01, stop: 'precise', at_most: 200 });
    expect(report.precision?.merges).toBeLessThan(150);
    expect(report.precision?.reached).toBeLessThanOrEqual(0.01);
    expect(report.headline.state).toBe('complete');
    const points = report.cells[0]?.precision?.points ?? [];
    expect(points.map(({ k }) => k)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    for (const { k, loss, half } of points)
      expect(Math.abs(loss - (truth.get(k) ?? Number.NaN))).toBeLessThanOrEqual(half ?? 0);
    expect(err).toContain('the run ends after the current merge');
    expect(err).toMatch(
      /Every mean is known to ±0\.0\d+ nats \(±0\.01 asked for\), after \d+ of at most 200 merges\./,
    );
    expect(err).not.toContain('Go on with');
  });

  test('is done: whoever asks again is told so, and nothing more is merged', async () => {
    const before = await reportOf(file);
    const sentence = `after ${before.precision?.merges} of at most 200 merges.`;
    const again = await mergeLab('run', file);
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain('nothing to do');
    expect(again.out).toContain(sentence);
    for (const command of ['attach', 'status', 'plan']) {
      const { code, out, err } = await mergeLab(command, file);
      expect(code, err).toBe(0);
      expect(out + err).toContain(sentence);
      expect(out).not.toContain('stopped');
    }
    expect((await reportOf(file)).precision).toEqual(before.precision);
  });

  test('goes on where a smaller precision is asked for, up to what is allowed', async () => {
    const before = (await reportOf(file)).precision?.merges ?? 0;
    withSubsets(file, '{ precision: 0.0001, at_most: 110 }');
    const { code, out, err } = await mergeLab('run', file, '--json');
    expect(code, err).toBe(0);
    const report: ReportDocument = JSON.parse(out);
    expect(before).toBeLessThan(110);
    expect(report.precision).toMatchObject({ asked: 0.0001, stop: 'at_most', merges: 110, at_most: 110 });
  });

  test('makes all that is allowed where nobody attends it', async () => {
    const { file: alone } = copySample(path.join(folder, 'alone'));
    withSubsets(alone, '{ precision: 0.5, at_most: 60 }');
    expect((await mergeLab('run', alone, '--detach')).code).toBe(0);
    let state: { done: number; missing: number; workers: { state: string }[] };
    do {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      state = JSON.parse((await mergeLab('status', alone, '--json')).out);
    } while (
      !state.workers.length ||
      state.workers.some((worker) => !/^(done|failed|stopped)$/.test(worker.state))
    );
    expect(state.workers[0]?.state).toBe('done');
    expect(state.done).toBe(70);
    expect(state).toMatchObject({ precision: { stop: 'precise', merges: 60 } });
  });
});
