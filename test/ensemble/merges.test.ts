import { describe, expect, it } from 'vitest';
import { makeEnsembleReport } from '../../core/ensemble/make-report.ts';
import type { EnsembleInput, EnsembleReport } from '../../core/ensemble/types.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { seededRandom } from '../../core/law/random.ts';
import type { EnsembleDocument } from '../../core/report/ensemble-document.ts';
import type { PlanId } from '../../core/store/format.ts';
import { answerSentences } from '../../words/ensemble.ts';
import { servedNames, toServe } from '../../words/to-serve.ts';
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
    expect(serving?.sentences.join(' ')).toMatch(
      /oracle, which knows .* from 4.0 GB .*on the ensemble is better/,
    );
  });
});

describe('the difference of a merge and a pool', () => {
  /** One model with its merge: what is between them is the same on every sample but for noise. */
  function pair(S: number, seed: number): EnsembleInput {
    const random = seededRandom(seed);
    const model = Array.from({ length: S }, () => 60 + 40 * random.uniform());
    const merge = model.map((nll) => nll + 2 + 5 * random.normal());
    const input = inputOf([model, merge]);
    return {
      ...input,
      models: input.models.map((each, m) => (m === 1 ? { ...each, mergeOf: ['m0'] } : each)),
    };
  }
  const differenceOf = (input: EnsembleInput) =>
    must(must(makeEnsembleReport(input, { stage: 'complete' }).serving).bytes.steps[0]);

  it('has the interval of paired samples: of 100 bytes each, Student’s of their differences', () => {
    const input = pair(40, 7);
    const [model, merge] = input.models.map(({ nll }) => nll);
    const differences = Array.from(must(model), (nll, s) => (must(must(merge)[s]) - nll) / (100 * Math.LN2));
    const mean = differences.reduce((sum, each) => sum + each / 40, 0);
    const variance = differences.reduce((sum, each) => sum + (each - mean) ** 2 / 39, 0);
    const { against_oracle, against_mixture } = differenceOf(input);
    expect(against_oracle?.value).toBeCloseTo(mean, 12);
    // t of 39 degrees of freedom at 0.975.
    expect(must(against_oracle?.high) - mean).toBeCloseTo(2.022691 * Math.sqrt(variance / 40), 8);
    expect(against_mixture).toEqual(against_oracle);
  });

  it('covers what is true of the world that the samples are from', () => {
    const truth = 2 / (100 * Math.LN2);
    const holds = Array.from({ length: 400 }, (_, seed) => differenceOf(pair(25, seed)).against_mixture);
    const covered = holds.filter((each) => must(each?.low) <= truth && truth <= must(each?.high)).length;
    // 95% of 400 is 380, with a standard error of 4.4.
    expect(covered).toBeGreaterThanOrEqual(366);
    expect(covered).toBeLessThanOrEqual(394);
  });

  it('is of the best of many merges without its luck: of models that are alike, none is surely better', () => {
    const random = seededRandom(3);
    let told = 0;
    for (let world = 0; world < 60; world++) {
      const [S, models, merges] = [60, 4, 12];
      const rows = Array.from({ length: models + merges }, () =>
        Array.from({ length: S }, () => 60 + 10 * random.normal()),
      );
      const input = inputOf(rows);
      const { against_mixture } = differenceOf({
        ...input,
        models: input.models.map((each, m) =>
          m < models ? each : { ...each, mergeOf: ['m0', 'm1', 'm2', 'm3'] },
        ),
      });
      told += Number(must(against_mixture?.low) > 0 || must(against_mixture?.high) < 0);
    }
    // 5% of 60 is 3, with a standard error of 1.7: chosen on the samples that judge it, a merge was better in two of three.
    expect(told).toBeLessThanOrEqual(8);
  });

  it('has no ends while only points are asked for', () => {
    const { serving } = makeEnsembleReport(withMerge(), { stage: 'points' });
    expect(serving?.flops.steps[0]?.against_mixture).toMatchObject({ low: null, high: null });
  });
});

describe('what to serve', () => {
  const ensembleDocumentOf = (report: EnsembleReport): EnsembleDocument => ({
    ...report,
    plan: '0'.repeat(64) as PlanId,
    progress: { done: 3, failed: 0, total: 3 },
    left_out: [],
    unaveraged: [],
  });
  const models = complementary(2, 60, 2, 20, 4);
  const merged = (nll: readonly number[], bytes = 2e9) => {
    const input = inputOf([...models, nll]);
    return makeEnsembleReport(
      {
        ...input,
        models: input.models.map((model, m) =>
          m === 2 ? { ...model, servingBytes: bytes, mergeOf: ['m0', 'm1'] } : model,
        ),
      },
      { stage: 'complete' },
    );
  };
  const best = models[0]?.map((_, s) => 0.9 * Math.min(...models.map((row) => row[s] ?? 0))) ?? [];

  it('is a merge that is surely better than the pool, and takes no more', () => {
    const report = merged(best);
    const answer = toServe(report);
    if (answer.kind !== 'merge' || answer.than.kind !== 'together') throw new Error(answer.kind);
    expect(answer.merge.name).toBe('m2');
    expect(answer.merge.gain.value).toBeCloseTo(
      answer.than.pool.mixed.value - answer.merge.bits_per_byte.value,
      12,
    );
    expect(answer.merge.gain.low).toBeGreaterThan(0);
    expect(servedNames(report)).toEqual(['m2']);
    const [first, second] = answerSentences(ensembleDocumentOf(report));
    expect(first).toMatch(
      /^Serve m2, a merge of m0 and m1: 0\.\d+ .* bits per byte, 0\.\d+ .* less than m\d and m\d together, and it takes no more\.$/,
    );
    expect(second).toMatch(/^Without it, serve m\d and m\d together, mixed/);
  });

  it('is no merge that is worse, or that takes more', () => {
    expect(toServe(merged(models[0] ?? [])).kind).toBe('together');
    expect(toServe(merged(best, 4e9)).kind).toBe('merge');
    expect(toServe(merged(best, 4e9 + 1)).kind).toBe('together');
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
    expect(serving?.pools.map(({ members }) => members)).toEqual(alone?.pools.map(({ members }) => members));
    for (const [i, { cost, merge, mixture }] of (serving?.bytes.steps ?? []).entries()) {
      expect({ cost, merge }).toEqual({
        cost: alone?.bytes.steps[i]?.cost,
        merge: alone?.bytes.steps[i]?.merge,
      });
      expect(mixture).toBeCloseTo(alone?.bytes.steps[i]?.mixture ?? Number.NaN, 1);
    }
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
