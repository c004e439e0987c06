import { describe, expect, test } from 'vitest';
import { averageLine, planEnsemble } from '../../core/design/ensemble-plan.ts';
import { makeEnsembleReport } from '../../core/ensemble/make-report.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { unaveraged, withCosts } from '../../core/report/averaged-logits.ts';
import { ensembleMatrix, type SharedSet } from '../../core/report/ensemble-input.ts';
import { digest } from '../../core/store/canonical.ts';
import { isModelLine, type ModelLine, type PreparedMember } from '../../core/store/ensemble/format.ts';
import type { EvaluationId, Fingerprint, PlanId } from '../../core/store/format.ts';
import type { Failure, Score } from '../../core/store/results.ts';

const DOMAINS = ['code', 'law'];
const NAMES = ['a', 'b', 'again'];
const TEXT = `kind: ensemble
name: Three
models:
  a: ./a
  b: { model: ./b, family: mine }
  again: { model: ./again, null_of: a }
evaluation: { data: { code: ./code.json, law: ./law.json } }
pool: { memory: 3GB }
`;

const setId = (model: string, domain: string) => digest(`${model} ${domain}`) as EvaluationId;
const sized = (...ids: number[]) => ids.map((id) => ({ id, bytes: 10 + id }));

/** Records 0 to 3 of each domain; b cannot take record 2 of law, and nobody has record 1 of code. */
function setOf(model: string, domain: string): SharedSet {
  if (domain === 'code') return { samples: sized(0, 2, 3), overlong: [], cut: [3] };
  if (model === 'b') return { samples: sized(0, 1, 3), overlong: sized(2), cut: [] };
  return { samples: sized(0, 1, 2, 3), overlong: [], cut: [2] };
}

function member(name: string): PreparedMember {
  return {
    fingerprint: digest(name) as Fingerprint,
    path: name,
    source: name,
    kind: 'checkpoint',
    parameters: 2000,
    active_parameters: 1500,
    embedding_parameters: 100,
    flops_per_token: 2800,
    bytes: 4000,
    stored_dtype: 'bfloat16',
    architecture: 'X',
    family: 'llama',
    tokenizer: digest(name === 'again' ? 'a' : name),
    dtype: 'float32',
    dtype_reason: '',
    batch_tokens: 256,
    evaluations: Object.fromEntries(DOMAINS.map((domain) => [domain, setId(name, domain)])),
  };
}

/** The loss of a record says which it is: model, domain, record. */
function lossOf(name: string, domain: string, id: number): number {
  return 100 * NAMES.indexOf(name) + 10 * DOMAINS.indexOf(domain) + id + 1;
}

function scored(without: readonly string[] = []) {
  const { ensemble } = parseExperiment(TEXT);
  if (!ensemble) throw new Error('the ensemble is wrong');
  const members = Object.fromEntries(NAMES.map((name) => [name, member(name)]));
  const plan = { id: digest('plan') as PlanId, ...planEnsemble(ensemble, { models: members }) };
  const sets = NAMES.flatMap((name) =>
    DOMAINS.map((domain) => [setId(name, domain), setOf(name, domain)] as const),
  );
  const scores = new Map<string, Pick<Score, 'perSample'>>(
    plan.lines.filter(isModelLine).flatMap(({ key, model }) =>
      DOMAINS.map((domain) => {
        const perSample = setOf(model, domain).samples.map(({ id }) => lossOf(model, domain, id));
        return [`${key} ${setId(model, domain)}`, { perSample: Float32Array.from(perSample) }] as const;
      }),
    ),
  );
  for (const name of without) {
    const line = plan.lines.filter(isModelLine).find(({ model }) => model === name);
    scores.delete(`${line?.key} ${setId(name, 'law')}`);
  }
  return {
    ensemble,
    plan,
    evaluations: new Map(sets),
    results: {
      get: (key: string, id: string) => scores.get(`${key} ${id}`) as Score | undefined,
      failure: (): Failure => ({ code: 'diverged', message: 'The loss is not finite.', attempt: 1 }),
    },
  };
}

describe('the matrix of losses', () => {
  const { input, leftOut } = ensembleMatrix(scored());

  test('has every record that some model could read, in the order of the files', () => {
    expect(leftOut).toEqual([]);
    expect(Array.from(input.bytes)).toEqual([10, 12, 13, 10, 11, 12, 13]);
    expect(Array.from(input.domainOf)).toEqual([0, 0, 0, 1, 1, 1, 1]);
    expect(input.domains.map(({ name }) => name)).toEqual(DOMAINS);
  });

  test('has each loss at its record, and none where a model could not take it', () => {
    const [a, b] = input.models;
    expect([...(a?.nll ?? [])]).toEqual([1, 3, 4, 11, 12, 13, 14]);
    expect([...(b?.nll ?? [])]).toEqual([101, 103, 104, 111, 112, Number.NaN, 114]);
    expect([a?.overlong, b?.overlong]).toEqual([[], [5]]);
  });

  test('has what the file and the models say', () => {
    expect(input.models.map(({ family, nullOf }) => [family, nullOf])).toEqual([
      ['llama', null],
      ['mine', null],
      ['llama', 'a'],
    ]);
    expect(input.models[0]?.parameters).toEqual({ total: 2000, active: 1500, embedding: 100 });
    expect(input.goal).toEqual({ k: null, parameters: null, memory: 3e9 });
  });

  test('is what a report is made of: the overlong record is left out for all, and counted', () => {
    const { samples } = makeEnsembleReport(input, { stage: 'points' });
    expect(samples).toMatchObject({ total: 7, used: 6, overlong: 1, missing: 0 });
  });
});

test('a model without all its losses is left out with its copies, and the reason is said', () => {
  const { input, leftOut } = ensembleMatrix(scored(['a']));
  expect(input.models.map(({ name }) => name)).toEqual(['b']);
  expect(leftOut.map(({ message }) => message)).toEqual([
    'a is left out: The loss is not finite.',
    'again is left out: it is another run of a.',
  ]);
});

test('a copy that cannot be one is left out, and the reason is said', () => {
  const { plan, ...rest } = scored();
  const models = { ...plan.header.models, again: { ...member('again'), parameters: 350 } };
  const { input, leftOut } = ensembleMatrix({
    ...rest,
    plan: { ...plan, header: { ...plan.header, models } },
  });
  expect(input.models.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(leftOut).toMatchObject([
    {
      model: 'again',
      code: 'null_unlike_original',
      message:
        'again is declared a reseed of a (`null_of`), but has 350 parameters, not 2,000. It is left out.',
    },
  ]);
});

test('samples that were cut are counted once for all models', () => {
  expect(ensembleMatrix(scored()).warnings).toEqual([
    {
      code: 'samples_cut',
      message: '2 samples are longer than `max_bytes`, 2.0 kB: what comes after is scored by no model.',
    },
  ]);
});

test('the same weights under two names are told', () => {
  const world = scored();
  const [a, b, ...rest] = world.plan.lines;
  if (!a || !b) throw new Error('the plan is wrong');
  const twice = { ...world, plan: { ...world.plan, lines: [a, { ...b, key: a.key }, ...rest] } };
  expect(ensembleMatrix(twice).warnings.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^a and b are one model, bit for bit: it counts 2 times/),
  );
});

test('models that do not score the same bytes are refused', () => {
  const world = scored();
  world.evaluations.set(setId('b', 'code'), { samples: [{ id: 0, bytes: 11 }], overlong: [], cut: [] });
  expect(() => ensembleMatrix(world)).toThrow(/b does not score the same bytes of sample 0 of code/);
});

describe('averaged logits', () => {
  const { plan, results, ...rest } = scored();
  const sets = plan.header.models['a']?.evaluations ?? {};
  const b = { ...plan.header.models['b'], evaluations: sets } as PreparedMember;
  const header = { ...plan.header, models: { ...plan.header.models, b } };
  const line = averageLine(header, ['a', 'b']);
  if (!line) throw new Error('these share their tokens');
  const lines = [...plan.lines, line];

  test('are a column of the samples where they are measured, and a warning where they failed', () => {
    const measured = {
      ...results,
      get: (key: string, id: string) =>
        key === line.key ? results.get(plan.lines[0]?.key ?? '', id) : results.get(key, id),
    };
    const [averaged] =
      ensembleMatrix({ ...rest, results: measured, plan: { ...plan, lines } }).input.averagedLogits ?? [];
    expect(averaged?.members).toEqual(['a', 'b']);
    expect([...(averaged?.nll ?? [])]).toEqual([1, 3, 4, 11, 12, 13, 14]);
    const failed = ensembleMatrix({ ...rest, results, plan: { ...plan, lines } });
    expect(failed.input.averagedLogits).toBeUndefined();
    expect(failed.warnings).toContainEqual({
      code: 'average_failed',
      message: 'The averaged logits of a and b are not measured: The loss is not finite.',
    });
  });

  test('are wanted of the best pools that share their tokens, and once', () => {
    const { input } = ensembleMatrix({ ...rest, results, plan });
    const { best_pools, goal, models } = makeEnsembleReport(input, { stage: 'points' });
    // The best pool of two is one model alone here.
    const alone = { best_pools, goal, models };
    expect(unaveraged(alone, { header, lines: plan.lines })).toEqual([]);
    const report = { goal, models, best_pools: best_pools.map((pool) => ({ ...pool, members: ['a', 'b'] })) };
    expect(unaveraged(report, { header, lines: plan.lines })).toEqual([line]);
    expect(unaveraged(report, { header, lines })).toEqual([]);
    expect(unaveraged(report, plan)).toEqual([]);
    // A merge is held against what was merged.
    const merges = models.map((model) => ({ ...model, merge_of: ['b', 'a'] }));
    expect(unaveraged({ ...alone, models: merges }, { header, lines: plan.lines })).toEqual([line]);
  });

  test('are cheap while all of them take a quarter of what the models took, or a minute', () => {
    const twice = { ...line, key: digest('another') as typeof line.key };
    const cheap = (seconds: number | null, asked = [line, twice], planned = plan.lines) =>
      withCosts(asked, { lines: planned }, () => seconds).map((pool) => pool.cheap);
    expect(withCosts([line], plan, () => 2)).toEqual([{ members: ['a', 'b'], seconds: 4, cheap: true }]);
    expect(cheap(15)).toEqual([true, true]);
    expect(cheap(16)).toEqual([true, false]);
    expect(cheap(31)).toEqual([false, false]);
    // What is not known, or too long for anybody who did not ask.
    expect(cheap(null)).toEqual([false, false]);
    // What was averaged before counts: a run that is begun again never measures more.
    expect(cheap(16, [twice], lines)).toEqual([false]);
    const models = Array.from({ length: 16 }, (_, i) => ({ ...plan.lines[0], model: `m${i}` }) as ModelLine);
    expect(cheap(20, [line, twice], models)).toEqual([true, true]);
    expect(cheap(20, [line, twice], models.slice(1))).toEqual([true, false]);
    // Ten minutes are the most.
    expect(cheap(200, [line, twice], models)).toEqual([true, false]);
  });
});
