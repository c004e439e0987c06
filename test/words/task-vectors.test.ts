import { expect, it } from 'vitest';
import { cosineText, normText, shareText } from '../../words/task-vectors.ts';

it.each([
  [null, '–'],
  [0, '0%'],
  [0.0004, 'below 0.1%'],
  [0.0466, '4.7%'],
  [0.384, '38%'],
  [0.9996, 'above 99.9%'],
  [1, '100%'],
])('a share of %f is %s', (share, text) => {
  expect(shareText(share)).toBe(text);
});

it.each([
  [null, '–'],
  [1, '1.00'],
  [0.98765, '0.9877'],
  [0.41, '0.41'],
  [-0.004, '0.00'],
  [-0.25, '−0.25'],
])('a cosine of %f is %s', (cosine, text) => {
  expect(cosineText(cosine)).toBe(text);
});

it('a length has three digits', () => {
  expect([0.021523, 1.4, 0, null].map(normText)).toEqual(['0.0215', '1.40', '0', '–']);
});
