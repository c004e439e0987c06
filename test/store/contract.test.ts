/** What the agent really writes and says, held against the schemas; and a plan of core, worked through by the agent. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planSweep } from '../../core/design/sweep.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { taskVectors } from '../../core/geometry/task-vectors.ts';
import { evaluationId, parseEvaluationSet } from '../../core/store/evaluation.ts';
import {
  AGENT,
  type EvaluationId,
  type GeometryFile,
  type Plan,
  type PlanModel,
  type Prepared,
  type PrepareRequest,
} from '../../core/store/format.ts';
import { geometryKey, parseGeometry } from '../../core/store/geometry.ts';
import { parsePlan, serializePlan } from '../../core/store/plan-file.ts';
import { parsePreparedFile, prepareRequest, requestDigest } from '../../core/store/prepared.ts';
import { progressOf } from '../../core/store/progress.ts';
import { resultHeaderSchema, resultLineSchema } from '../../core/store/result-schema.ts';
import { ResultIndex } from '../../core/store/results.ts';
import { hasEnded, parseEvents, parseStatus, workerStatusSchema } from '../../core/store/status.ts';
import { AgentTalk, makeModels, python } from './agent-talk.ts';

const EXPERIMENT = `
base: ./base
experts: { alpha: ./alpha, beta: ./beta, gamma: ./gamma }
methods:
  - average
  - { method: ties, density: 0.5 }
  - { method: dare, seeds: [0, 7] }
evaluation: { data: "./eval/{domain}.json", domains: [beta, alpha], dtype: float32, max_length: 128 }
references: [{ name: "a rival, unmerged", model: ./gamma }]
`;

const folder = mkdtempSync(join(tmpdir(), 'contract-'));
const store = join(folder, '.mergelab', 'local');
let agent: AgentTalk;
let request: PrepareRequest;
let prepared: Prepared;
let plan: Plan;
let run = '';

beforeAll(async () => {
  makeModels(folder, ['alpha', 'beta', 'gamma']);
  agent = new AgentTalk(folder);
  await agent.call('hello', { protocol: 1, client: 'contract test' });
  const { experiment } = parseExperiment(EXPERIMENT);
  if (!experiment) throw new Error('the experiment is wrong');
  request = prepareRequest(experiment, { store, root: folder, device: 'cpu' });
  prepared = (await agent.call('prepare', request)) as Prepared;
  const sweep = planSweep(experiment, prepared);
  const { id, text } = serializePlan(sweep.header, sweep.lines);
  mkdirSync(join(store, 'plans'), { recursive: true });
  writeFileSync(join(store, 'plans', `${id}.jsonl`), text);
  plan = parsePlan(id, text);
});

afterAll(async () => {
  await agent?.end();
  rmSync(folder, { recursive: true, force: true });
});

const files = (path: string): string[] =>
  readdirSync(join(store, path)).filter((name) => !name.startsWith('.'));
const read = (path: string): string => readFileSync(join(store, path), 'utf8');

test('the banner and hello', async () => {
  expect(agent.banner).toBe('merge-lab-agent 1');
  const { error } = await agent.raw('hello', { protocol: 99, client: 'from the future' });
  expect(error?.data.code).toBe('protocol_mismatch');
});

describe('calls that change nothing', () => {
  test('environment', async () => {
    const answer = await agent.call('environment', { store });
    expect(answer).toMatchObject({
      protocol: 1,
      store_format: 1,
      agent: AGENT,
      devices: [{ name: 'cpu' }],
      problems: [],
    });
  });

  test('list', async () => {
    const answer = (await agent.call('list', { store, root: folder })) as { models: { path: string }[] };
    expect(answer.models.map((model) => model.path)).toEqual(['alpha', 'base', 'beta', 'gamma']);
  });

  test.each([
    ['nonsense', {}, 'method_unknown'],
    ['launch', {}, 'request_invalid'],
    ['unfollow', { stream: 'none' }, 'stream_unknown'],
  ])('%s fails as a problem', async (method, params, code) => {
    const { error } = await agent.raw(method, params);
    expect(error?.data.code).toBe(code);
  });
});

describe('prepare', () => {
  test('answers without a problem, for every model and domain asked for', () => {
    expect(prepared.problems).toEqual([]);
    expect(Object.keys(prepared.models).sort()).toEqual(request.models.map((model) => model.id).sort());
    expect(Object.keys(prepared.evaluations).sort()).toEqual(['alpha', 'beta']);
    expect(prepared.models['default/expert/alpha']?.distance).toBeGreaterThan(0.01);
    expect(prepared.estimate?.seconds_per_merge).toHaveProperty('default');
  });

  test('keeps its answer under the digest that core computes', () => {
    expect(files('prepared')).toEqual([`${requestDigest(request)}.json`]);
    const file = parsePreparedFile(read(`prepared/${requestDigest(request)}.json`), request);
    expect(file?.answer).toEqual(prepared);
    expect(file?.files.length).toBeGreaterThan(8);
    const other = { ...request, device: 'cuda:0' };
    expect(parsePreparedFile(read(`prepared/${requestDigest(request)}.json`), other)).toBeNull();
  });

  test('both sides digest a request alike, whatever its words', () => {
    const odd = {
      ...request,
      evaluation: {
        ...request.evaluation,
        domains: { ü: './ü "x"\u2028/\u{1F600}', '\uFFFD': 'a\\b\n', '\u{1F600}': '/' },
      },
    };
    const script =
      'import json, sys; from merge_lab_agent.prepare_request import request_digest; print(request_digest(json.loads(sys.argv[1])))';
    expect(python(script, [JSON.stringify(odd)], folder).trim()).toBe(requestDigest(odd));
  });

  test('writes evaluation sets that hash to their names', () => {
    const ids = Object.values(prepared.evaluations).map((evaluation) => evaluation.id);
    expect(files('evaluations').sort()).toEqual(ids.map((id) => `${id}.json`).sort());
    for (const [domain, { id, samples, scored_tokens }] of Object.entries(prepared.evaluations)) {
      const set = parseEvaluationSet(id, read(`evaluations/${id}.json`));
      expect(evaluationId(set)).toBe(id);
      expect(set).toMatchObject({ domain, scored_tokens, max_length: 128 });
      expect(set.samples).toHaveLength(samples);
      expect(set.samples.reduce((sum, sample) => sum + sample.scored.length, 0)).toBe(scored_tokens);
    }
  });
});

describe('geometry', () => {
  test('is kept under the name that core looks for, as core reads it', async () => {
    const [size] = Object.values(plan.header.sizes);
    if (!size) throw new Error('no size');
    const model = ({ path, fingerprint }: PlanModel) => ({ path, fingerprint });
    const experts = Object.values(size.experts);
    const asked = {
      ...{ store, base: model(size.base), experts: experts.map(model) },
      embeddings: plan.header.embeddings,
    };
    const key = geometryKey(size, plan.header.embeddings);
    expect(await agent.call('geometry', asked)).toEqual({ key });
    const file = parseGeometry(readFileSync(join(store, 'geometry', `${key}.json`)), key);
    expect(file?.sampled).toBe(size.parameters);
    const { experts: found, cosines, warnings } = taskVectors(file as GeometryFile, size, plan.header.pool);
    for (const [index, name] of plan.header.pool.entries()) {
      // Noise of a tenth of each tensor, independent from expert to expert.
      expect(found[index]?.norm).toBeCloseTo(prepared.models[`default/expert/${name}`]?.distance ?? 0, 3);
      expect(cosines[index]?.[index]).toBeCloseTo(1, 12);
      expect(found[index]?.closest?.cosine).toBeLessThan(0.1);
      expect(found[index]?.conflict).toBeCloseTo(0.5, 1);
    }
    expect(warnings).toEqual([]);
    const changed = { ...asked, experts: [{ ...model(size.base), fingerprint: '0'.repeat(64) }] };
    expect((await agent.raw('geometry', changed)).error?.data.code).toBe('model_changed');
  });
});

describe('a plan of core', () => {
  test('is read by the agent as it was meant', () => {
    const script = `
import json, sys
from merge_lab_agent.plan import Plan
from merge_lab_agent.store import Store
plan = Plan.read(Store(__import__("pathlib").Path(sys.argv[1])), sys.argv[2])
print(json.dumps([[m.key, m.size, m.method_index, list(m.subset), m.seed, m.reference] for m in plan.merges]))
how = plan.scoring(plan.merges[0])
print(json.dumps([list(plan.pool), how.evaluations, how.dtype, how.batch_tokens, list(plan.methods)]))
`;
    const [merges = '', header = ''] = python(script, [store, plan.id], folder).split('\n');
    expect(JSON.parse(merges)).toEqual(
      plan.lines.map(({ key, size, method, subset, seed, reference }) => [
        key,
        size,
        method,
        subset,
        seed,
        reference ?? null,
      ]),
    );
    const { pool, evaluations, dtype, batch_tokens, methods } = plan.header;
    const ids = Object.values(evaluations);
    expect(JSON.parse(header)).toEqual([pool, ids, dtype, batch_tokens, methods]);
    expect(Object.keys(evaluations)).toEqual(['beta', 'alpha']);
  });

  test('is worked through: every merge has a score on every domain', async () => {
    const answer = (await agent.call('launch', { store, plan: plan.id, device: 'cpu' })) as { run: string };
    run = answer.run;
    await agent.call('follow', { store, files: { 'results/': 0, [`runs/${run}/status/`]: 0 } });
    await until(async () => {
      const { runs } = (await agent.call('runs', { store })) as { runs: { state: string }[] };
      const [only] = runs;
      return only !== undefined && hasEnded(only.state as 'done');
    });
    const index = new ResultIndex();
    for (const name of files('results')) index.feed(name, readFileSync(join(store, 'results', name)));
    expect(index.damaged).toBe(0);
    expect(index.problems).toEqual([]);
    expect(progressOf(plan, index)).toEqual({ done: plan.lines.length, failed: 0, missing: 0 });
    for (const { key } of plan.lines) {
      for (const [domain, { id, samples, scored_tokens }] of Object.entries(prepared.evaluations)) {
        const score = index.get(key, id as EvaluationId);
        expect(score, `${key} on ${domain}`).toMatchObject({ samples, tokens: scored_tokens });
        const sum = (score?.perSample ?? new Float32Array()).reduce((total, value) => total + value, 0);
        expect(Math.abs(sum / (score?.nll ?? 0) - 1)).toBeLessThan(1e-5);
      }
    }
    const [sameModel] = plan.lines.filter((line) => line.subset.join() === 'gamma' && line.method === null);
    const rival = plan.lines.find((line) => line.reference !== undefined);
    if (!sameModel || !rival) throw new Error('lines are missing');
    const alpha = plan.header.evaluations['alpha'];
    if (!alpha) throw new Error('no evaluation');
    const difference = (index.get(sameModel.key, alpha)?.nll ?? 0) - (index.get(rival.key, alpha)?.nll ?? 1);
    expect(Math.abs(difference)).toBeLessThan(1e-3);
  });

  test('the files of results are what their schemas say', () => {
    const names = files('results');
    expect(names).toHaveLength(1);
    const [header = '', ...lines] = read(`results/${names[0]}`).trimEnd().split('\n');
    expect(resultHeaderSchema.parse(JSON.parse(header)).plan).toBe(plan.id);
    expect(lines).toHaveLength(2 * new Set(plan.lines.map((line) => line.key)).size);
    for (const line of lines) resultLineSchema.parse(JSON.parse(line));
  });

  test('status and events of the run', async () => {
    const [name, ...others] = files(`runs/${run}/status`);
    expect(others).toEqual([]);
    const text = read(`runs/${run}/status/${name}`);
    workerStatusSchema.parse(JSON.parse(text));
    expect(parseStatus(text)).toMatchObject({ run, plan: plan.id, state: 'done', total: plan.lines.length });
    expect(parseStatus(text.slice(0, -9))).toBeNull();
    const events = parseEvents(read(`runs/${run}/events.jsonl`)).map((event) => event.event);
    expect(events).toEqual(expect.arrayContaining(['launched', 'started']));
    expect(await agent.call('stop', { store, run, now: false })).toEqual({ run, state: 'done' });
  });

  test('the bytes that were followed are the bytes of the file', async () => {
    const [name = ''] = files('results');
    const whole = readFileSync(join(store, 'results', name));
    const pieces = () => agent.notes.filter((note) => note.path === `results/${name}`);
    await until(
      async () =>
        pieces().reduce((sum, note) => sum + Buffer.from(note.data, 'base64').length, 0) >= whole.length,
    );
    const followed = Buffer.alloc(whole.length);
    for (const { offset, data } of pieces()) Buffer.from(data, 'base64').copy(followed, offset);
    expect(followed.equals(whole)).toBe(true);
    expect(agent.wrong).toEqual([]);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; !(await condition()); ) {
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
