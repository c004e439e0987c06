import { describe, expect, it } from 'vitest';
import type { Typical } from '../../core/report/report.ts';
import { poolMeansSentence, typicalMeansSentence } from '../../words/typical.ts';

const refused = { code: 'predicts_poorly', message: 'Merges agree with R² 0.71.', fix: 'Measure more.' };

describe('what a typical curve rests on, in words', () => {
  it.each<[string, Typical, string]>([
    ['plain means of a sweep that asks for no more', { means: 'plain', problem: null }, ''],
    [
      'plain means where the surrogate is refused',
      { means: 'plain', problem: refused },
      'The typical curve rests on plain means of the merged subsets. Merges agree with R² 0.71.',
    ],
    [
      'assisted means',
      { means: 'assisted', narrower: 12.34 },
      'The typical curve rests on such means, of all that is merged so far: their error from subsets is 12 times smaller than that of plain means.',
    ],
    [
      'assisted means of a weak surrogate',
      { means: 'assisted', narrower: 0.98 },
      'The typical curve rests on such means, of all that is merged so far: their error from subsets is no smaller than that of plain means.',
    ],
    [
      'assisted means beside which plain ones show no spread',
      { means: 'assisted', narrower: null },
      'The typical curve rests on such means, of all that is merged so far.',
    ],
  ])('%s', (_, typical, sentence) => {
    expect(typicalMeansSentence({ typical })).toBe(sentence);
  });

  it('and that smaller pools do not', () => {
    expect(poolMeansSentence({ typical: { means: 'plain', problem: null } })).toBe('');
    expect(poolMeansSentence({ typical: { means: 'assisted', narrower: 3 } })).toContain('plain means');
  });
});
