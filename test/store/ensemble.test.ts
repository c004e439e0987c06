import { describe, expect, test } from 'vitest';
import { averageLine, planEnsemble } from '../../core/design/ensemble-plan.ts';
import type { Ensemble } from '../../core/experiment/ensemble/ensemble.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { digest } from '../../core/store/canonical.ts';
import { isModelLine, type PreparedEnsemble, type PreparedMember } from '../../core/store/ensemble/format.ts';
import { parseEnsemblePlan } from '../../core/store/ensemble/plan-file.ts';
import { ensembleRequest } from '../../core/store/ensemble/prepared.ts';
import { evaluationId } from '../../core/store/evaluation.ts';
import type { EvaluationId, Fingerprint } from '../../core/store/format.ts';
import { mergeKey } from '../../core/store/keys.ts';
import { parsePlan, serializePlan } from '../../core/store/plan-file.ts';
import { prepareRequestSchema } from '../../core/store/prepared.ts';
import { isResultLine } from '../../core/store/result-line.ts';

const TEXT = `kind: ensemble
models:
  small: ./small
  copy: { model: ./copy, null_of: small, family: tiny }
evaluation:
  data: { algebra: ./algebra.json }
  max_bytes: 300
`;

function ensembleOf(text = TEXT): Ensemble {
  const { ensemble } = parseExperiment(text);
  if (!ensemble) throw new Error('the ensemble is wrong');
  return ensemble;
}

const member = (name: string): PreparedMember => ({
  fingerprint: digest(name) as Fingerprint,
  path: `/models/${name}`,
  source: `./${name}`,
  kind: 'checkpoint',
  parameters: 1000,
  active_parameters: 1000,
  embedding_parameters: 100,
  flops_per_token: 2000,
  bytes: 2000,
  stored_dtype: 'bfloat16',
  architecture: 'LlamaForCausalLM',
  family: 'llama',
  tokenizer: digest('tokenizer'),
  dtype: 'float32',
  dtype_reason: 'exact',
  batch_tokens: 8192,
  evaluations: { algebra: digest('algebra') as EvaluationId },
});

const prepared: Pick<PreparedEnsemble, 'models'> = {
  models: { copy: member('copy'), small: member('small') },
};

describe('the plan of an ensemble', () => {
  const plan = planEnsemble(ensembleOf(), prepared);
  const { id, text } = serializePlan(plan.header, plan.lines);

  test('has a line a model, in the order of the file, under the key of the unmerged model', () => {
    expect(plan.lines.map((line) => isModelLine(line) && line.model)).toEqual(['small', 'copy']);
    const base = member('small').fingerprint;
    expect(plan.lines[0]?.key).toBe(
      mergeKey({ base, experts: [], method: null, seed: null, embeddings: 'exact', dtype: 'float32' }),
    );
  });

  test('is read as it was written, and not by those who merge', () => {
    expect(parseEnsemblePlan(id, text)).toEqual({ id, ...plan });
    expect(() => parsePlan(id, text)).toThrow(/cannot be used/);
    expect(() => parseEnsemblePlan(id, text.replace('small', 'smell'))).toThrow(/hash/);
  });

  test('averaged logits have a line after the models, under a key of their own, whichever order they are in', () => {
    const line = averageLine(plan.header, ['small', 'copy']);
    if (!line) throw new Error('these share a tokenizer');
    expect(averageLine(plan.header, ['copy', 'small'])).toEqual(line);
    expect(plan.lines.map(({ key }) => key)).not.toContain(line.key);
    const asked = planEnsemble(ensembleOf(), prepared, [line, line]);
    expect(asked.lines).toEqual([...plan.lines, line]);
    const written = serializePlan(asked.header, asked.lines);
    expect(parseEnsemblePlan(written.id, written.text)).toEqual({ id: written.id, ...asked });
  });

  test('averaged logits of models that changed, or of two tokenizers, are not planned', () => {
    const line = averageLine(plan.header, ['small', 'copy']);
    const lines = line ? [line] : [];
    const changed = { ...member('copy'), fingerprint: digest('other') as Fingerprint };
    const others = { models: { ...prepared.models, copy: changed } };
    expect(planEnsemble(ensembleOf(), others, lines).lines).toHaveLength(2);
    const retold = { ...member('copy'), evaluations: { algebra: digest('tokens') as EvaluationId } };
    const apart = { models: { ...prepared.models, copy: retold } };
    expect(planEnsemble(ensembleOf(), apart, lines).lines).toHaveLength(2);
    expect(averageLine(apart, ['small', 'copy'])).toBeNull();
    expect(averageLine(plan.header, ['small', 'gone'])).toBeNull();
  });

  test('does not hang on families, copies, limits or names of the experiment', () => {
    const other = ensembleOf(
      `${TEXT.replace(', null_of: small, family: tiny', '')}pool: { k: 1 }\nname: other\n`,
    );
    expect(serializePlan(...partsOf(planEnsemble(other, prepared))).id).toBe(id);
  });

  test('the request to prepare it has the right shape', () => {
    const request = ensembleRequest(ensembleOf(), { store: '/s', root: '/r', device: 'cpu' });
    expect(prepareRequestSchema.parse(request)).toEqual(request);
    expect(request.evaluation).toMatchObject({ max_bytes: 300, max_tokens_per_domain: null });
  });
});

function partsOf({ header, lines }: ReturnType<typeof planEnsemble>): Parameters<typeof serializePlan> {
  return [header, lines];
}

test('the id of a shared set is of ids and bytes too, and not of how far samples may go', () => {
  const sample = { id: 0, tokens: [0, 1, 2], scored: [1, 2], bytes: 7, truncated: false };
  const set = { max_length: 64, samples: [sample], max_bytes: 100, overlong: [] };
  const id = evaluationId(set);
  expect(evaluationId({ ...set, max_length: 32, max_bytes: 50 })).toBe(id);
  expect(evaluationId({ ...set, samples: [{ ...sample, bytes: 8 }] })).not.toBe(id);
  expect(evaluationId({ ...set, samples: [{ ...sample, id: 1 }] })).not.toBe(id);
  expect(evaluationId({ ...set, overlong: [{ id: 1, bytes: 3 }] })).not.toBe(id);
  const { max_bytes: _, overlong: __, ...merged } = set;
  expect(evaluationId(merged)).not.toBe(id);
});

test.each([
  [4, 4, true],
  [1_500, 1_500, true],
  [1_500, 1_000, true],
  [1_500, 1_400, false],
  [4, 1_000, false],
])('%i samples with %i losses: %s', (samples, losses, isGood) => {
  const line = {
    key: digest('key'),
    evaluation: digest('set'),
    nll: 1,
    tokens: 10,
    samples,
    per_sample: Buffer.from(new Float32Array(losses).buffer).toString('base64'),
    seconds: 1,
    device: 'cpu',
    batch_tokens: 8,
    code: null,
    attempt: 1,
  };
  expect(isResultLine(line)).toBe(isGood);
});
