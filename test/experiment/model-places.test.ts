import { describe, expect, test } from 'vitest';
import { placeOfProblem, placesOf } from '../../core/experiment/model-places.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';

/** `line:column` of what a problem is about. */
function placed(text: string, problem: Partial<Parameters<typeof placeOfProblem>[1]>): string | null {
  const places = placesOf(parseExperiment(text).positions);
  const range = placeOfProblem(places, { code: 'model_missing', ...problem });
  return range && `${range.start.line}:${range.start.column}`;
}

describe('a problem with models and data stands where the text names them', () => {
  const sizes = `sizes:
  S: { base: ./S, experts: { math: ./math } }
references:
  - { name: first, model: ./first }
  - { name: second, model: ./second }
evaluation:
  domains: [algebra, code]
  data: "./eval/{domain}.json"
sweep: {}
`;

  test.each([
    ['S/base', '2:14'],
    ['S/expert/math', '2:36'],
    ['S/expert/gone', '2:28'],
    ['reference/second', '5:28'],
  ])('the model %s', (model, place) => {
    expect(placed(sizes, { model })).toBe(place);
  });

  test('a domain in a list, of a map, or of the pattern', () => {
    expect(placed(sizes, { domain: 'code', code: 'evaluation_missing' })).toBe('7:22');
    expect(placed(sizes, { domain: 'other', code: 'evaluation_missing' })).toBe('8:9');
    expect(placed('evaluation:\n  data: { code: ./code.json }\n', { domain: 'code' })).toBe('2:17');
  });

  test('data are the point of their own problems, models of all others', () => {
    const model = 'S/base';
    expect(placed(sizes, { model, domain: 'code', code: 'evaluation_missing' })).toBe('7:22');
    expect(placed(sizes, { model, domain: 'code', code: 'token_out_of_range' })).toBe('2:14');
  });

  test('what names neither is of the sweep, of the models, or nowhere', () => {
    expect(placed(sizes, { code: 'memory_too_small' })).toBe('9:1');
    expect(placed('models:\n  a: ./a\n', { code: 'agent_failed' })).toBe('1:1');
    expect(placed('models:\n  a: ./a\n', { model: 'a' })).toBe('2:6');
    expect(placed('base: ./a\n', { code: 'agent_failed' })).toBeNull();
  });
});
