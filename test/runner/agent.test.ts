import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../core/problem.ts';
import { Agent } from '../../runner/agent.ts';

const agents: Agent[] = [];

/** An agent of the given manners; the start limit is for those that never greet. */
function agent(mode: string, startMs = 20_000): Agent {
  const fake = path.join(import.meta.dirname, 'fake-agent.mjs');
  const made = new Agent({ program: process.execPath, args: [fake, mode] }, { startMs });
  agents.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(agents.splice(0).map((made) => made.dispose()));
});

async function problem(work: Promise<unknown>): Promise<ProblemError['problem']> {
  const error: unknown = await work.then(
    (value) => expect.fail(`answered ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProblemError)) throw error;
  return error.problem;
}

describe('an agent that works', () => {
  it('greets, answers and notifies', async () => {
    const made = agent('good');
    const heard: unknown[] = [];
    made.onNotification((method, params) => heard.push([method, params]));
    expect(await made.hello()).toEqual({ protocol: 1, agent: '0.1.0', python: '3.11.0' });
    expect(await made.request('runs', { store: '/s' })).toMatchObject({
      method: 'runs',
      params: { store: '/s' },
    });
    expect(heard).toEqual([['bytes', { stream: 1 }]]);
  });

  it('is understood behind a noisy shell, and though a library prints between messages', async () => {
    expect(await agent('noisy').request('runs', {})).toMatchObject({ method: 'runs' });
    expect(await agent('chatty').request('runs', {})).toMatchObject({ method: 'runs' });
  });

  it('answers many calls at once, each its own', async () => {
    const made = agent('good');
    const answers = await Promise.all([...Array(50).keys()].map((n) => made.request('runs', { n })));
    expect(answers.map((answer) => (answer as { params: { n: number } }).params.n)).toEqual([
      ...Array(50).keys(),
    ]);
    expect(new Set(answers.map((answer) => (answer as { pid: number }).pid)).size).toBe(1);
  });

  it('is not believed where its problem or its line is none', async () => {
    expect(await problem(agent('wrong-error').request('prepare', {}))).toMatchObject({ code: 'agent_error' });
    expect(await problem(agent('endless-answer').request('prepare', {}))).toMatchObject({
      code: 'agent_error',
      message: expect.stringContaining('a line without an end'),
    });
  });

  it("hands on the agent's own problem", async () => {
    expect(await problem(agent('error').request('prepare', {}))).toEqual({
      code: 'model_missing',
      message: 'There is no model.',
      fix: 'Check the path.',
      file: '/m',
    });
  });
});

describe('an agent that does not', () => {
  it('is missing: no such Python', async () => {
    const none = path.join(import.meta.dirname, 'no', 'python');
    const made = new Agent({ program: none, args: [] });
    const found = await problem(made.request('runs', {}));
    expect(found).toMatchObject({ code: 'python_missing' });
    expect(found.message).toContain(none);
  });

  it('is missing: a Python without it', async () => {
    expect(await problem(agent('no-module').request('runs', {}))).toMatchObject({ code: 'agent_missing' });
  });

  it('speaks an older or newer protocol', async () => {
    expect(await problem(agent('old-banner').hello())).toMatchObject({ code: 'agent_too_old' });
    expect(await problem(agent('new-hello').hello())).toMatchObject({ code: 'agent_too_new' });
  });

  it('never greets', async () => {
    expect(await problem(agent('silent', 300).hello())).toMatchObject({ code: 'agent_silent' });
    expect(await problem(agent('endless-noise').hello())).toMatchObject({ code: 'agent_noise' });
  });

  it('dies at its start, and says why', async () => {
    const found = await problem(agent('dies-at-start').hello());
    expect(found.code).toBe('agent_died');
    expect(found.message).toContain('libtorch.so');
    expect(found.message).toContain('exit code 3');
  });

  it('hangs: the time limit ends the call and the process', async () => {
    const made = agent('hangs');
    const both = [
      made.request('runs', {}, { timeoutMs: 200 }),
      made.request('runs', {}, { timeoutMs: 60_000 }),
    ];
    const found = await Promise.all(both.map(problem));
    expect(found.map(({ code }) => code)).toEqual(['agent_silent', 'agent_closed']);
  });

  it('is started again after it died, but not for ever', async () => {
    const once = agent('good');
    expect(await problem(once.request('runs', { die: true }))).toMatchObject({ code: 'agent_died' });
    expect(await once.request('runs', {})).toMatchObject({ method: 'runs' });
    const always = agent('dies');
    for (let n = 0; n < 3; n++) {
      const found = await problem(always.request('runs', {}));
      expect(found.code).toBe('agent_died');
      expect(found.message).toContain('Segmentation fault');
    }
    expect(await problem(always.request('runs', {}))).toMatchObject({ code: 'agent_keeps_dying' });
  });

  it('leaves a call that is cancelled, and goes on', async () => {
    const made = agent('hangs');
    await made.hello();
    const stop = new AbortController();
    const call = made.request('prepare', {}, { signal: stop.signal });
    stop.abort();
    expect(await problem(call)).toMatchObject({ code: 'cancelled' });
    expect(await made.hello()).toMatchObject({ protocol: 1 });
  });

  it('answers nothing once it is disposed', async () => {
    const made = agent('good');
    await made.hello();
    await made.dispose();
    expect(await problem(made.request('runs', {}))).toMatchObject({ code: 'agent_closed' });
  });
});
