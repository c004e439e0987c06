import { describe, expect, it } from 'vitest';
import { makeEnsembleReport } from '../../core/ensemble/make-report.ts';
import type { EnsembleInput } from '../../core/ensemble/types.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { must } from '../webview/sample.ts';
import { complementary, inputOf } from './pools.ts';

/** Three models that know different things, and a merge of all that is as good as the mean of them. */
function withMerge(): EnsembleInput {
  const rows = complementary(3, 60, 3, 20, 4);
  const mean = (rows[0] ?? []).map((_, s) => rows.reduce((sum, row) => sum + (row[s] ?? 0) / 3, 0));
  const input = inputOf([...rows, mean]);
  return {
    ...input,
    models: input.models.map((model, m) => (m === 3 ? { ...model, mergeOf: ['m0', 'm1', 'm2'] } : model)),
  };
}

describe('a merge among the models of an ensemble', () => {
  it('is in no pool, and changes nothing that is said of pools', () => {
    const report = makeEnsembleReport(withMerge(), { stage: 'points' });
    expect(report.pool).toEqual(['m0', 'm1', 'm2']);
    expect(report.best_pools.flatMap(({ members }) => members)).not.toContain('m3');
    expect(report.models[3]?.merge_of).toEqual(['m0', 'm1', 'm2']);
    const alone = makeEnsembleReport(inputOf(complementary(3, 60, 3, 20, 4)), { stage: 'points' });
    const { oracle, controls, best_pools, diversity } = report;
    expect({ oracle, controls, best_pools, diversity }).toEqual({
      oracle: alone.oracle,
      controls: alone.controls,
      best_pools: alone.best_pools,
      diversity: alone.diversity,
    });
    expect(alone.serving).toBeNull();
  });

  it('is held against pools by what serving takes: one model against all of theirs', () => {
    const { serving, models } = makeEnsembleReport(withMerge(), { stage: 'points' });
    expect(serving?.of).toEqual(['m0', 'm1', 'm2']);
    expect(serving?.bytes.steps.map(({ cost }) => cost)).toEqual([2e9, 4e9, 6e9]);
    expect(serving?.bytes.steps.every(({ merge }) => merge === models[3]?.bits_per_byte.value)).toBe(true);
    expect(serving?.bytes.sentence).toMatch(/oracle, which knows .* from 4.0 GB on the ensemble is better/);
  });
});

describe('pools that a merge is held against', () => {
  it('are of what was merged: a better model beside them does not count', () => {
    const input = withMerge();
    const better = {
      ...must(input.models[0]),
      name: 'better',
      nll: must(input.models[0]).nll.map((loss) => loss / 3),
    };
    const { serving, best_pools } = makeEnsembleReport(
      { ...input, models: [...input.models, better] },
      { stage: 'points' },
    );
    expect(best_pools[0]?.members).toEqual(['better']);
    expect(serving?.of).toEqual(['m0', 'm1', 'm2']);
    expect(serving?.pools.flatMap(({ members }) => members)).not.toContain('better');
    // Folds differ with the models, and so do losses on other samples.
    const alone = makeEnsembleReport(input, { stage: 'points' }).serving;
    const stepsOf = (found: typeof serving) =>
      found?.bytes.steps.map(({ cost, merge, mixture }) => ({ cost, merge, mixture }));
    expect(stepsOf(serving)).toEqual(stepsOf(alone));
  });
});

describe('merge_of in a file', () => {
  const file = (models: string) =>
    parseExperiment(`kind: ensemble\nmodels:\n${models}evaluation: { data: { text: ./t.json } }\n`);
  const two = '  a: ./a\n  b: ./b\n';

  it('names models of the file', () => {
    const { ensemble, diagnostics } = file(`${two}  m: { model: ./m, merge_of: [a, b] }\n`);
    expect(diagnostics).toEqual([]);
    expect(ensemble?.models.get('m')?.merge_of).toEqual(['a', 'b']);
    expect(ensemble?.models.get('a')?.merge_of).toBeNull();
  });

  it.each([
    ['merge_of: [a, c]', 'unknown_model'],
    ['merge_of: [a, m]', 'unknown_model'],
    ['merge_of: [a], null_of: b', 'merge_of_null'],
  ])('%s is refused', (more, code) => {
    const { ensemble, diagnostics } = file(`${two}  m: { model: ./m, ${more} }\n`);
    expect([ensemble, diagnostics.map((found) => found.code)]).toEqual([
      null,
      expect.arrayContaining([code]),
    ]);
  });

  it('is no original that a copy is of', () => {
    const text = `${two}  m: { model: ./m, merge_of: [a] }\n  n: { model: ./n, null_of: m }\n`;
    expect(file(text).diagnostics.map(({ code }) => code)).toEqual(['null_of_merge']);
  });
});
