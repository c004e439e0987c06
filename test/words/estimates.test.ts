import { describe, expect, it } from 'vitest';
import { below } from '../../words/estimates.ts';

describe('a fall of the loss', () => {
  it('is below, a rise above, and neither has a sign', () => {
    expect(below({ value: 0.0037, low: 0.001, high: 0.0064 })).toBe('0.0037 (0.0010 to 0.0064) below');
    expect(below({ value: -0.002, low: -0.0051, high: 0.0011 })).toBe('0.0020 (−0.0011 to 0.0051) above');
    expect(below({ value: -0.002, low: null, high: null })).toBe('0.002 above');
  });
});
