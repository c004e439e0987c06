import { expect, test } from 'vitest';
import type { EvaluationId, Plan } from '../../core/store/format.ts';
import { mergeState, progressOf } from '../../core/store/progress.ts';
import { ResultIndex } from '../../core/store/results.ts';
import { hasEnded, parseEvents, parseStatus } from '../../core/store/status.ts';
import { sweepOf } from '../design/sweeps.ts';
import { failureLine, headerLine, PLAN, scoreLine } from './lines.ts';

const plan: Plan = { id: PLAN, ...sweepOf(['a', 'b']) };
const [first, second] = Object.values(plan.header.evaluations) as [EvaluationId, EvaluationId];
const line = plan.lines[0];
if (!line) throw new Error('no line');

function stateAfter(...text: string[]): string {
  const index = new ResultIndex();
  index.feed('w', Buffer.from(headerLine() + text.join('')));
  return mergeState(plan, line as NonNullable<typeof line>, index);
}

test('a merge is done when every domain has a score, or is known to have none', () => {
  expect(stateAfter()).toBe('missing');
  expect(stateAfter(scoreLine(line.key, first, [1]))).toBe('missing');
  expect(stateAfter(scoreLine(line.key, first, [1]), scoreLine(line.key, second, [1]))).toBe('done');
  expect(stateAfter(scoreLine(line.key, first, [1]), failureLine(line.key, second, 'diverged', 1))).toBe(
    'done',
  );
});

test('it has failed after two attempts, and again two for each time the user asks', () => {
  const attempt = (n: number) => failureLine(line.key, null, 'out_of_memory', n);
  expect(stateAfter(attempt(1))).toBe('missing');
  expect(stateAfter(attempt(1), attempt(2))).toBe('failed');
  const index = new ResultIndex();
  index.feed('w', Buffer.from(headerLine() + attempt(1) + attempt(2)));
  expect(mergeState(plan, { ...line, retry: 1 }, index)).toBe('missing');
  index.feed('w', Buffer.from(attempt(3) + attempt(4)));
  expect(mergeState(plan, { ...line, retry: 1 }, index)).toBe('failed');
});

test('a domain added later can fail although the merge once had a success', () => {
  const attempts = [1, 2].map((n) => failureLine(line.key, null, 'out_of_memory', n));
  expect(stateAfter(scoreLine(line.key, first, [1]), ...attempts)).toBe('failed');
  const last = scoreLine(line.key, second, [1]);
  expect(stateAfter(scoreLine(line.key, first, [1]), ...attempts, last)).toBe('done');
});

test('counts over a plan', () => {
  const index = new ResultIndex();
  const [one, two] = plan.lines;
  if (!one || !two) throw new Error('no lines');
  const text = [first, second].map((each) => scoreLine(one.key, each, [1])).join('');
  index.feed('w', Buffer.from(headerLine() + text + failureLine(two.key, null, 'x', 2)));
  expect(progressOf(plan, index)).toEqual({ done: 1, failed: 1, missing: plan.lines.length - 2 });
});

test('status and events from text that may be anything', () => {
  for (const text of ['', '{}', 'null', '[', '{"format":2}', '{"format":1,"run":"r"}']) {
    expect(parseStatus(text)).toBeNull();
  }
  const events = '{"time":"t","event":"started","plan":"p"}\nnull\n{"time":3}\n{"time":"t","ev';
  expect(parseEvents(events)).toEqual([{ time: 't', event: 'started', plan: 'p' }]);
  expect(
    ['done', 'stopped', 'failed', 'running', 'queued'].map((state) => hasEnded(state as 'done')),
  ).toEqual([true, true, true, false, false]);
});
