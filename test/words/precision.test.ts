import { describe, expect, it } from 'vitest';
import type { CellPrecision } from '../../core/report/report.ts';
import {
  meansSentence,
  precisionInShort,
  precisionSentence,
  samplesSentence,
} from '../../words/precision.ts';

const known: CellPrecision = {
  asked: 0.01,
  stop: 'precise',
  reached: 0.00871,
  merges: 145,
  at_most: 200,
  samples_alone: 0.0881,
  points: [
    { k: 2, loss: 2.30654, half: 0.00871, merges: 9, of: 36 },
    { k: 3, loss: 2.26, half: null, merges: 1, of: 84 },
  ],
};

describe('a precision in words', () => {
  it.each<[string, Partial<CellPrecision>, string]>([
    [
      'that is reached',
      {},
      'Every mean is known to ±0.0087 nats (±0.01 asked for), after 145 of at most 200 merges.',
    ],
    [
      'that is exact',
      { reached: 0 },
      'Every mean is known exactly (±0.01 asked for), after 145 of at most 200 merges.',
    ],
    [
      'on the way',
      { stop: null, reached: 0.0213 },
      'So far every mean is known to ±0.021 nats (±0.01 asked for), after 145 of at most 200 merges.',
    ],
    [
      'before the first look',
      { stop: null, reached: null, merges: 12 },
      'Each mean is to be known to ±0.01 nats: judged first with six subsets of each k. So far 12 of at most 200 merges.',
    ],
    [
      'that all merges do not give',
      { stop: 'at_most', reached: 0.0213, merges: 200 },
      'Every mean is known to ±0.021 nats only (±0.01 asked for): all 200 merges that are allowed are made.',
    ],
    [
      'that cannot be judged',
      { stop: 'at_most', reached: null, merges: 20, at_most: 20 },
      'How well the means are known cannot be said, after 20 of at most 20 merges; ±0.01 nats were asked for.',
    ],
  ])('%s', (_, change, sentence) => {
    expect(precisionSentence({ ...known, ...change })).toBe(sentence);
  });

  it('in short', () => {
    expect(precisionInShort(known)).toBe('±0.0087 after 145 merges');
    expect(precisionInShort({ ...known, stop: null, reached: null })).toBe('not judged yet');
  });

  it('by size, and beside what the samples leave', () => {
    expect(meansSentence(known)).toBe(
      'Means over all subsets, corrected for which were drawn, with bounds that hold for all k together: k = 2: 2.307 ± 0.009 by 9 of 36; k = 3: 2.260 by 1 of 84.',
    );
    expect(meansSentence({ ...known, points: [] })).toBe('');
    expect(samplesSentence(known)).toBe('The evaluation samples leave ±0.088 besides, whatever is merged.');
    expect(samplesSentence({ ...known, samples_alone: null })).toBe('');
  });
});
