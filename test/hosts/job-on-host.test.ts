import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../core/problem.ts';
import type { HostLink, LinkOptions } from '../../runner/hosts/host-link.ts';
import { jobOnHost } from '../../runner/hosts/job-on-host.ts';

const CUT = new ProblemError({ code: 'cancelled', message: 'It was cancelled.', fix: 'Start it again.' });

/** A host where a job runs for ever; it is cancelled while `during` is asked, and what it answers comes after that. */
function cancelledDuring(during: string) {
  const abort = new AbortController();
  const asked: string[] = [];
  const answers: Readonly<Record<string, unknown>> = {
    launch: { run: 'r1', state: 'started' },
    runs: { runs: [] },
  };
  const request = async (method: string, _: object, { signal, regardless }: LinkOptions = {}) => {
    asked.push(method);
    if (method === during) abort.abort();
    if (signal?.aborted || (abort.signal.aborted && !regardless)) throw CUT;
    return answers[method] ?? {};
  };
  const link = { place: async () => ({ store: '/there' }), request } as unknown as HostLink;
  return { asked, end: jobOnHost(link, { merge: {} }, { signal: abort.signal }) };
}

describe('a job on a host that is cancelled', () => {
  it.each([
    ['launch', ['launch', 'runs', 'stop']],
    ['runs', ['launch', 'runs', 'stop']],
  ])('while %s is asked is stopped there', async (during, all) => {
    const { asked, end } = cancelledDuring(during);
    await expect(end).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    expect(asked).toEqual(all);
  });
});
