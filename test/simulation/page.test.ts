import { describe, expect, it } from 'vitest';
import { simulationsPage } from '../../scripts/soak/page.ts';
import type { Row } from './tally.ts';

const row: Row = {
  design: 'some world',
  quantity: 'loss',
  kind: 'interval',
  hits: 1900,
  of: 2000,
  replicates: 2000,
  bias: { mean: 0.0123, error: 0.001 },
  width: 0.25,
};

const page = (rows: readonly Row[]) => simulationsPage([{ title: 'A study', words: 'Of worlds.', rows }], []);

describe('the page of simulations', () => {
  it('says coverage, bias and width with their Monte Carlo error', () => {
    const text = page([row]);
    expect(text).toContain('### some world\n\n2,000 replicates.');
    expect(text).toContain('| loss | 95.0% ± 1.0 | 0.012 ± 0.002 | 0.25 |  |');
    expect(text).toContain('| A study | 1 | 1 | 95.0% | 95.0% (some world: loss) |  |');
    expect(text).toContain('Every gate is met.');
  });

  it('hides no gate that is missed, and no interval without limit', () => {
    const text = page([
      { ...row, hits: 1700 },
      { ...row, quantity: 'floor', kind: 'cautious', hits: 2000, width: null },
    ]);
    expect(text).toContain('| loss | 85.0% ± 1.6 **missed** |');
    expect(text).toContain('- some world, loss: 85.0%.');
    expect(text).not.toContain('Every gate is met.');
    expect(text).toContain('| floor | 100.0% ± 0.1 | 0.012 ± 0.002 | ∞ | at least |');
  });
});
