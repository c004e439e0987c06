import { describe, expect, it } from 'vitest';
import { unlikeModels } from '../../core/ensemble/unlike-models.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { digest } from '../../core/store/canonical.ts';
import type { EvaluationId } from '../../core/store/format.ts';
import { must } from '../webview/sample.ts';

const found = { family: 'llama', parameters: 1000, tokenizer: 'one', evaluations: setOf('one') };

function setOf(tokens: string) {
  return { text: digest(tokens) as EvaluationId };
}

/** What is said of `other`, declared so and found so, beside a small llama. */
function said(declared: string, other: Partial<typeof found>) {
  const { ensemble } = parseExperiment(`kind: ensemble
models:
  small: ./small
  other: { model: ./other, ${declared} }
evaluation: { data: { text: ./text.json } }
`);
  const problems = unlikeModels(must(ensemble), { small: found, other: { ...found, ...other } });
  return problems.map(({ code, model, message }) => `${code} ${model}: ${message}`).join('\n');
}

const otherTokens = { tokenizer: 'two', evaluations: setOf('two') };

describe('a copy', () => {
  it('is told when it has other parameters, another architecture or other tokens than its original', () => {
    expect(said('null_of: small', { parameters: 7000 })).toBe(
      'null_unlike_original other: other is declared a reseed of small (`null_of`), but has 7,000 parameters, not 1,000.',
    );
    expect(
      said('null_of: small, null_kind: quantisation', { family: 'gpt_neox', parameters: 7000 }),
    ).toContain(
      'declared a quantisation of small (`null_of`), but is of the architecture gpt_neox, not llama.',
    );
    expect(said('null_of: small', otherTokens)).toContain(
      'its tokenizer makes other tokens of the same text.',
    );
  });

  it('may have a tokenizer that is written otherwise, if it makes the same tokens', () => {
    expect(said('null_of: small', {})).toBe('');
    expect(said('null_of: small', { tokenizer: 'two' })).toBe('');
  });
});

describe('a merge', () => {
  it('is told when it is of another architecture than what was merged; its size and tokens are its own', () => {
    expect(said('merge_of: [small]', { family: 'gpt_neox' })).toBe(
      'merge_unlike_member other: other is declared a merge of small (`merge_of`), but is of the architecture gpt_neox, not llama.',
    );
    expect(said('merge_of: [small]', { parameters: 7000, ...otherTokens })).toBe('');
  });
});
