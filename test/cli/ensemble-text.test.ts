import { describe, expect, it } from 'vitest';
import { ensembleText } from '../../cli/report/ensemble/ensemble-text.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { complementary, families, inputOf } from '../ensemble/pools.ts';
import { ensembleDocument } from '../webview/ensemble-state.ts';

const DECLARED = [1, 2, 4, 8].flatMap((parameters) =>
  ['x', 'y'].map((family) => ({ parameters: parameters * 1e8, family })),
);
const goal = { k: null, parameters: 9e8, memory: null };
const report = ensembleDocument(inputOf(families(DECLARED, 60, 20, 20, 7), DECLARED, { goal }));

const textOf = (full: boolean, shown = report) =>
  ensembleText(shown, { style: styleFor({}, {}), columns: 116, full }).replace(/\s+/g, ' ');

describe('the report of an ensemble as text', () => {
  it('says under the table by k that its pools keep no other limit', () => {
    expect(textOf(false)).toContain(
      'keep to k alone, and to no other limit of the file. Which models they are: --full.',
    );
    expect(textOf(false, { ...report, limit: { ...goal, parameters: null } })).not.toContain('k alone');
  });

  it('names what is set aside, and on which samples each column of the table by k is', () => {
    expect(textOf(false)).toContain('8 models, 60 samples');
    expect(textOf(false)).toMatch(/best pool, other samples mixed, all samples/);
    const rows = complementary(3, 40, 3, 5, 2);
    const declared = [{}, {}, { nullOf: 'm0' }, { nullOf: 'm0', nullKind: 'quantisation' as const }];
    const text = textOf(false, ensembleDocument(inputOf([...rows, rows[0] ?? []], declared)));
    expect(text).toContain('4 models (1 reseed and 1 quantisation set aside)');
    expect(text).toContain('another run of m0');
    expect(text).toContain('m0 in fewer bits');
  });

  it('of a pool of one says nothing of noise', () => {
    const one = ensembleDocument(
      inputOf(complementary(3, 40, 3, 5, 2), [], { goal: { ...goal, parameters: null, k: 1 } }),
    );
    expect(textOf(false, one)).not.toMatch(/more than noise|reseed/);
  });

  it('in full names the models of every best pool, the laws, and the pairs', () => {
    const text = textOf(true);
    for (const { limit, members } of report.best_pools)
      expect(text).toContain(`${limit.k} at most: ${members[0]}`);
    for (const name of report.best_pools.at(-1)?.members ?? [])
      expect(text).toMatch(new RegExp(`at most: .*${name}`));
    expect(text).toMatch(/within the limits: m\d.* oracle .*mixed/);
    expect(text).toMatch(/typical power law/);
    expect(text).toMatch(/pair families gain over the better one/);
    expect(textOf(false)).not.toContain('at most: ');
  });

  it('of a part of the models says so first, and has one caveat for all that wait', () => {
    const left_out = Array.from({ length: 30 }, (_, i) => ({
      code: 'model_not_scored',
      model: `late-${i}`,
      message: 'late',
      fix: '',
    }));
    const part = ensembleDocument(inputOf(complementary(3, 40, 3, 5, 2)), {
      progress: { done: 3, failed: 0, total: 33 },
      left_out,
    });
    const text = textOf(false, part);
    expect(text).toMatch(/1 domain Only 3 of 33 models scored so far/);
    expect(text.match(/late/g)).toHaveLength(3);
    expect(text).toContain('Not scored yet, and so left out: late-0, late-1, late-2 and 27 more.');
  });

  it('says less, never a negative more', () => {
    const difference = { value: -0.0112, low: -0.0139, high: -0.0086 };
    const diversity = { ...report.diversity, difference } as NonNullable<typeof report.diversity>;
    const text = textOf(true, { ...report, diversity });
    expect(text).toContain(
      ': 0.0112 (0.0086 to 0.0139) less. The interval is for these families, other samples and other models.',
    );
  });
});
