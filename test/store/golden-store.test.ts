/**
 * A store that the agent wrote for three tiny experts (agent 0.1.0, torch 2.13.0, format 1). It must be readable for
 * ever: whatever breaks this test breaks stores that people have.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { planSweep } from '../../core/design/sweep.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { evaluationId, parseEvaluationSet } from '../../core/store/evaluation.ts';
import type { EvaluationId, Plan, PlanLine, Prepared } from '../../core/store/format.ts';
import { mergeKey } from '../../core/store/keys.ts';
import { parsePlan, serializePlan } from '../../core/store/plan-file.ts';
import { progressOf } from '../../core/store/progress.ts';
import { ResultIndex } from '../../core/store/results.ts';

const folder = new URL('../fixtures/stores/three-experts/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const PLAN = '51a399b704ef2d2ae4fbb6b09e76dae5c0ac4b0dcd0b2a27480beed006c9f09f';

function plan(): Plan {
  return parsePlan(PLAN, read(`plans/${PLAN}.jsonl`));
}

/** What `prepare` said, as far as the plan repeats it. */
function preparedFrom({ header }: Plan): Prepared {
  const more = {
    parameters: 0,
    bytes: 0,
    dtype: '',
    architecture: '',
    vocabulary: 0,
    tied_embeddings: true,
    distance: 0,
  };
  const size = header.sizes['default'];
  if (!size) throw new Error('no size');
  const experts = Object.entries(size.experts).map(([name, model]) => [
    `default/expert/${name}`,
    { ...more, ...model },
  ]);
  const base = { ...more, ...size.base, parameters: size.parameters };
  return {
    models: Object.fromEntries([['default/base', base], ...experts]),
    evaluations: Object.fromEntries(
      Object.entries(header.evaluations).map(([domain, id]) => [domain, { id }]),
    ),
    dtype: { value: header.dtype, reason: '' },
    batch_tokens: header.batch_tokens,
    problems: [],
  } as unknown as Prepared;
}

test('the same experiment still makes the same plan, byte for byte', () => {
  const { experiment } = parseExperiment(read('three-experts.mergelab.yaml'));
  if (!experiment) throw new Error('the experiment is wrong');
  const { header, lines } = planSweep(experiment, preparedFrom(plan()));
  expect(serializePlan(header, lines)).toEqual({ id: PLAN, text: read(`plans/${PLAN}.jsonl`) });
});

test('every key still follows from what determines it', () => {
  const { header, lines } = plan();
  const size = header.sizes['default'];
  const keyOf = ({ method, subset, seed }: PlanLine) =>
    mergeKey({
      base: size?.base.fingerprint ?? ('' as never),
      experts: subset.map((name) => size?.experts[name]?.fingerprint ?? ('' as never)),
      method: method === null ? null : (header.methods[method] ?? null),
      seed,
      embeddings: header.embeddings,
      dtype: header.dtype,
    });
  expect(lines).toHaveLength(18);
  for (const line of lines) expect(keyOf(line)).toBe(line.key);
});

test('evaluation sets still hash to their names', () => {
  for (const file of readdirSync(new URL('evaluations', folder))) {
    const id = file.replace('.json', '') as EvaluationId;
    expect(evaluationId(parseEvaluationSet(id, read(`evaluations/${file}`)))).toBe(id);
  }
});

test('every result is still read', () => {
  const index = new ResultIndex();
  for (const file of readdirSync(new URL('results', folder))) {
    index.feed(file, readFileSync(new URL(`results/${file}`, folder)));
  }
  expect(index.damaged).toBe(0);
  expect(index.counts.scores).toBe(36);
  expect(progressOf(plan(), index)).toEqual({ done: 18, failed: 0, missing: 0 });
  const [base] = plan().lines;
  const alpha = plan().header.evaluations['alpha'];
  if (!base || !alpha) throw new Error('no base');
  const score = index.get(base.key, alpha);
  expect(score?.samples).toBe(12);
  const sum = [...(score?.perSample ?? [])].reduce((total, value) => total + value, 0);
  expect(Math.abs(sum / (score?.nll ?? 0) - 1)).toBeLessThan(1e-6);
});
