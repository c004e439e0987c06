import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lastSeenLine, statusLine } from '../../cli/terminal/progress.ts';
import type { RunState, WorkerStatus } from '../../core/store/format.ts';
import { stateOfRun } from '../../core/store/status.ts';
import { MirrorFiles } from '../../runner/hosts/mirror-files.ts';
import { isActive, type RunFolder, readRun, truthful } from '../../runner/run-folders.ts';
import { watchRun } from '../../runner/watch-run.ts';

let store: string;
const plan = 'a'.repeat(64);

beforeEach(() => {
  store = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-crew-'));
  mkdirSync(path.join(store, 'runs', 'r', 'status'), { recursive: true });
});

afterEach(() => {
  rmSync(store, { recursive: true, force: true });
});

const here = process.pid;
const gone = spawnSync(process.execPath, ['--version']).pid;

function events(workers: Record<string, number>): void {
  const lines = Object.entries(workers).map(([worker, pid]) => {
    const identity = { host: os.hostname(), space: '', pid, started: '' };
    return JSON.stringify({ time: '', event: 'started', plan, worker, process: identity });
  });
  writeFileSync(path.join(store, 'runs', 'r', 'events.jsonl'), `${lines.join('\n')}\n`);
}

function say(worker: string, state: RunState, seconds_left: number | null = null): void {
  const status = { format: 1, run: 'r', worker, plan, state, heartbeat: 1, pid: 1, host: 'here' };
  const counts = { device: 'cpu', dtype: 'float32', batch_tokens: 1, done: 4, failed: 0, total: 9 };
  const rest = { at_start: 0, current: null, seconds_per_merge: null, seconds_left, memory_bytes: 5e8 };
  const document = { ...status, ...counts, ...rest, waiting_for: null, problem: null };
  writeFileSync(path.join(store, 'runs', 'r', 'status', `${worker}.json`), JSON.stringify(document));
}

function run(): RunFolder {
  const folder = readRun(store, 'r');
  if (!folder) throw new Error('no run');
  return folder;
}

const states = () => truthful(store, run()).map(({ state }) => state);

describe('a run of several workers', () => {
  it('goes on while one of them lives, and the lost one is told apart', () => {
    events({ one: gone, two: here });
    say('one', 'running');
    say('two', 'running');
    expect(run().alive).toBe(true);
    expect(isActive(run())).toBe(true);
    expect(states()).toEqual(['failed', 'running']);
    expect(truthful(store, run())[0]?.problem?.code).toBe('run_died');
  });

  it('on a host is told of a lost one by the host, since nobody can look from here', () => {
    events({});
    say('one', 'running');
    say('two', 'running');
    const files = new MirrorFiles(store);
    files.lives('r', { alive: true, gone: ['one'] });
    expect(run()).toMatchObject({ alive: true, isElsewhere: true });
    expect(states()).toEqual(['failed', 'running']);
    files.lives('r', { alive: false, gone: ['one', 'two'] });
    expect(states()).toEqual(['failed', 'failed']);
    files.lives('r', { alive: null, gone: [] });
    expect(states()).toEqual(['running', 'running']);
  });

  it('is done when the others have done what a lost one left', async () => {
    events({ one: gone, two: gone });
    say('one', 'running');
    say('two', 'done');
    expect(states()).toEqual(['failed', 'done']);
    using following = watchRun({ store, run: 'r' }, () => {});
    expect(await following.finished).toMatchObject({ worker: 'two', state: 'done' });
  });

  it('has failed where all are lost', async () => {
    events({ one: gone, two: gone });
    say('one', 'running');
    say('two', 'loading');
    using following = watchRun({ store, run: 'r' }, () => {});
    await expect(following.finished).rejects.toMatchObject({ problem: { code: 'run_died' } });
  });

  it('is in the state of whoever is still at something, else as its best end', () => {
    const of = (...all: RunState[]) => stateOfRun(all.map((state) => ({ state })));
    expect(of()).toBe('starting');
    expect(of('done', 'loading')).toBe('loading');
    expect(of('queued', 'running', 'failed')).toBe('running');
    expect(of('failed', 'stopped')).toBe('failed');
    expect(of('failed', 'done')).toBe('done');
  });

  it('is told in a line that counts all of them', () => {
    events({ one: here, two: here, three: here });
    say('one', 'running', 30);
    say('two', 'running', 60);
    say('three', 'loading');
    expect(statusLine({ status: run().status, progress: { done: 4, failed: 0, total: 9 } })).toBe(
      '4 of 9 models scored · 20 s left · 2 workers on cpu float32 · 1.0 GB',
    );
    const waits = { ...run().status[0], state: 'queued', waiting_for: 'Slurm to start 1 worker (Resources)' };
    const status = [...run().status, waits as WorkerStatus];
    expect(statusLine({ status, progress: { done: 4, failed: 0, total: 9 } })).toMatch(
      / · 1\.0 GB · waiting for Slurm to start 1 worker \(Resources\)$/,
    );
    // Of a host out of reach: neither a time left nor where it works.
    expect(lastSeenLine({ status, progress: { done: 4, failed: 1, total: 9 } }, 0, 121_000)).toBe(
      '4 of 9 models scored · 1 failed · running when last seen, 2 min ago',
    );
    expect(lastSeenLine({ status: [], progress: { done: 4, failed: 0, total: 9 } }, null, 0)).toBe(
      '4 of 9 models scored · as far as is known here',
    );
  });
});
