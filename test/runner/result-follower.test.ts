import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Stage } from '../../runner/analysis-messages.ts';
import { ResultFollower } from '../../runner/result-follower.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Results that grow by hand; what was sent, as stage and number of results. */
function followed() {
  const sent: string[] = [];
  let results = 0;
  let stage: Stage = 'points';
  const follower = new ResultFollower({
    version: () => results,
    progress: () => ({ done: results, failed: 0, total: 9 }),
    report: (asked) => {
      stage = asked;
      return null;
    },
    send: ({ done }) => sent.push(`${stage} ${done}`),
    answering: (work) => work(),
  });
  const arrive = (): void => {
    results += 1;
    follower.changed();
  };
  return { follower, sent, arrive };
}

describe('reports of results as they arrive', () => {
  it('are points at once, and intervals when it is quiet', () => {
    const { sent, arrive } = followed();
    vi.advanceTimersByTime(0);
    expect(sent).toEqual(['points 0']);
    vi.advanceTimersByTime(1_000);
    expect(sent).toEqual(['points 0', 'complete 0']);
    arrive();
    vi.advanceTimersByTime(60);
    expect(sent.slice(2)).toEqual(['points 1']);
    vi.advanceTimersByTime(10_000);
    expect(sent.slice(2)).toEqual(['points 1', 'complete 1']);
  });

  it('are points alone while results keep arriving, with intervals now and then', () => {
    const { sent, arrive } = followed();
    vi.advanceTimersByTime(1_000);
    for (let i = 0; i < 400; i++) {
      arrive();
      vi.advanceTimersByTime(100);
    }
    const complete = sent.filter((each) => each.startsWith('complete'));
    expect(sent.length - complete.length).toBeGreaterThan(300);
    expect(complete).toHaveLength(2);
  });

  it('end when nobody wants them', () => {
    const { follower, sent, arrive } = followed();
    vi.advanceTimersByTime(1_000);
    arrive();
    follower.stop();
    vi.advanceTimersByTime(10_000);
    expect(sent).toEqual(['points 0', 'complete 0']);
  });
});
