import { describe, expect, it } from 'vitest';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { completions } from '../../extension/language/completion.ts';
import { diagnostics } from '../../extension/language/diagnostics.ts';
import { EditedExperiment } from '../../extension/language/edited-experiment.ts';
import { hoverOfKey } from '../../extension/language/hover-keys.ts';
import { lenses } from '../../extension/language/lenses.ts';

const TEXT = `kind: ensemble
models:
  small: ./models/small
  again: { model: ./models/again, null_of: small }
evaluation:
  data: { algebra: ./eval/algebra.json }
`;

async function labels(marked: string): Promise<readonly string[]> {
  const offset = marked.indexOf('‸');
  const found = await completions(marked.replace('‸', ''), offset, { list: async () => [], roots: null });
  return found.map(({ label }) => label);
}

function edited(text: string): EditedExperiment {
  return new EditedExperiment(text, parseExperiment(text), null);
}

describe('an ensemble in the editor', () => {
  it('completes its own keys and none of merging', async () => {
    const keys = await labels(`${TEXT}‸`);
    expect(keys).toEqual(expect.arrayContaining(['pool', 'name', 'target']));
    expect(keys).not.toEqual(expect.arrayContaining(['experts']));
    expect(await labels(`${TEXT}pool:\n  ‸`)).toEqual(['k', 'parameters', 'memory']);
    expect(await labels('base: ./a\n‸')).not.toContain('models');
  });

  it('completes the kind, and the model that another is a copy of', async () => {
    expect(await labels('kind: ‸\n')).toEqual(['merge', 'ensemble']);
    expect(await labels(TEXT.replace('null_of: small', 'null_of: ‸'))).toEqual(['small']);
  });

  it('explains its keys under the mouse', () => {
    expect(hoverOfKey(edited(`${TEXT}pool: { k: 1 }\n`), ['pool', 'k'])).toMatch(/Models at most/);
  });

  it('says where it runs, and offers nothing that merges', () => {
    const found = lenses(edited(TEXT), { uri: 'file:///a', trusted: true });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ command: null });
    expect(found[0]?.title).toMatch(/2 models.*merge-lab run/);
  });

  it('has its errors underlined', () => {
    const options = { exists: new Map(), folder: '/', home: '/', statistical: true };
    expect(diagnostics(edited(TEXT), options)).toEqual([]);
    const [only, ...others] = diagnostics(edited(`${TEXT}sweep: {}\n`), options);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ code: 'not_in_ensemble', range: { start: { line: 7, column: 1 } } });
  });
});
