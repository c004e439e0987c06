import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunTracker } from '../../extension/experiments/run-tracker.ts';
import type { RunView } from '../../webview/messages.ts';

let store: string;

beforeEach(() => {
  store = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-tracker-'));
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(store, { recursive: true, force: true });
});

function say(state: string, done: number): void {
  const folder = path.join(store, 'runs', 'r');
  mkdirSync(path.join(folder, 'status'), { recursive: true });
  const plan = 'a'.repeat(64);
  writeFileSync(
    path.join(folder, 'events.jsonl'),
    `${JSON.stringify({ time: '', event: 'launched', job: 'run', plan })}\n`,
  );
  const status = {
    format: 1,
    run: 'r',
    worker: 'w',
    plan,
    state,
    heartbeat: done,
    pid: 1,
    host: 'elsewhere',
  };
  const what = {
    device: 'cpu',
    dtype: 'float32',
    batch_tokens: 1,
    done,
    failed: 0,
    total: 900,
    at_start: 0,
    current: null,
  };
  const rest = {
    seconds_per_merge: null,
    seconds_left: null,
    memory_bytes: null,
    waiting_for: null,
    problem: null,
  };
  writeFileSync(path.join(folder, 'status', 'w.json'), JSON.stringify({ ...status, ...what, ...rest }));
}

describe('a run that is watched', () => {
  it('is shown about once a second while it only counts, and at once when its state changes', () => {
    say('running', 0);
    const shown: RunView[] = [];
    const tracker = new RunTracker(store, 'r', Date.now, (view) => shown.push(view));
    for (let done = 1; done <= 30; done++) {
      say('running', done);
      vi.advanceTimersByTime(200);
    }
    expect(shown.length).toBeGreaterThanOrEqual(5);
    expect(shown.length).toBeLessThanOrEqual(7);
    const before = shown.length;
    vi.advanceTimersByTime(1_000);
    say('running', 31);
    vi.advanceTimersByTime(200);
    say('stopping', 31);
    vi.advanceTimersByTime(200);
    expect(shown.slice(before).map(({ state }) => state)).toContain('stopping');
    expect(shown.at(-1)?.workers[0]?.done).toBe(31);
    tracker.dispose();
  });

  it('is stopping from the moment that it was asked to, while it loads too and in other windows', () => {
    say('loading', 0);
    const shown: RunView[] = [];
    const tracker = new RunTracker(store, 'r', Date.now, (view) => shown.push(view));
    expect(tracker.view.state).toBe('starting');
    tracker.stop(false);
    for (let heartbeat = 1; heartbeat < 20; heartbeat++) {
      say('loading', heartbeat);
      vi.advanceTimersByTime(200);
    }
    expect(new Set(shown.map(({ state }) => state))).toEqual(new Set(['stopping']));
    const other = new RunTracker(store, 'r', Date.now, () => {});
    expect(other.view.state).toBe('stopping');
    say('stopped', 20);
    vi.advanceTimersByTime(200);
    expect([tracker.view.state, other.view.state]).toEqual(['stopped', 'stopped']);
    tracker.dispose();
    other.dispose();
  });

  it('says nothing more once nobody wants it', () => {
    say('running', 0);
    let shown = 0;
    const tracker = new RunTracker(store, 'r', Date.now, () => shown++);
    say('running', 1);
    vi.advanceTimersByTime(200);
    say('running', 2);
    vi.advanceTimersByTime(200);
    tracker.dispose();
    const before = shown;
    vi.advanceTimersByTime(5_000);
    expect(shown).toBe(before);
  });
});
