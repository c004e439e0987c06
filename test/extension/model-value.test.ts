import { describe, expect, it } from 'vitest';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { modelSource, replaceSource } from '../../extension/language/model-value.ts';
import { apply } from './apply.ts';
import { edited, sample } from './edited.ts';

const text = sample('nine-domains');

describe('the source of a model', () => {
  it('is found by its id', () => {
    const { experiment } = parseExperiment(text);
    if (!experiment) throw new Error('the sample has errors');
    expect(modelSource(experiment, 'default/base')).toBe('./models/S/base');
    expect(modelSource(experiment, 'default/expert/code')).toBe('./models/S/code');
    expect(modelSource(experiment, 'default/expert/nobody')).toBeNull();
    expect(modelSource(experiment, 'reference/nobody')).toBeNull();
  });

  it('is replaced in its line, quoted where YAML needs it, and nothing else changes', () => {
    for (const [source, written] of [
      ['../other/code', '../other/code'],
      ['./a: b #c', '"./a: b #c"'],
    ] as const) {
      const change = replaceSource(edited(text), 'default/expert/code', source);
      const after = change && apply(text, [change]);
      expect(after).toBe(text.replace('code: ./models/S/code', `code: ${written}`));
      const { experiment } = parseExperiment(after ?? '');
      expect(experiment && modelSource(experiment, 'default/expert/code')).toBe(source);
    }
  });

  it('is left alone where it stands in a pattern', () => {
    const pattern = sample('sizes');
    expect(replaceSource(edited(pattern), 'S/expert/code', './elsewhere')).toBeNull();
    expect(replaceSource(edited(text), 'default/expert/nobody', './elsewhere')).toBeNull();
  });
});
