import { describe, expect, it } from 'vitest';
import { makeReport } from '../../core/report/make-report.ts';
import type { Report } from '../../core/report/report.ts';
import { inputOf, type SweepOptions, World } from './world.ts';

const world = new World({ seed: 3, experts: 6, domains: 3, samples: 40 });

function reportOf(options: SweepOptions): Report {
  return makeReport(inputOf(world, options), { stage: 'complete' });
}

describe('planning in a report', () => {
  it.each<[string, SweepOptions]>([
    ['of all subsets', { goals: { goal: { rule: 'within', value: 0.15 } } }],
    [
      'of some subsets',
      { goals: { goal: { rule: 'within', value: 0.15 } }, subsets: { kind: 'per_k', count: 5 } },
    ],
    ['of a population', { goals: { goal: { rule: 'within', value: 0.15 }, interval: 'population' } }],
    ['of a law', { goals: { goal: { rule: 'within', value: 0.15 } }, k: [1, 2, 4] }],
  ])('says of the next expert what the headline says, %s', (_, options) => {
    const { headline, study } = reportOf(options);
    expect(headline.recommended_k?.k).toBeLessThan(6);
    const [margin] = study?.planning?.margins ?? [];
    expect(margin?.k).toBe(headline.recommended_k?.k);
    expect(margin?.expert?.saves).toEqual(headline.next_expert);
    expect(margin?.larger).toBeNull();
  });

  it('has every k, with the base, each with the loss and the interval of the curve', () => {
    const { cells, sizes, study } = reportOf({});
    const options = study?.planning?.options ?? [];
    expect(options.map(({ k }) => k)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(options[0]?.loss).toEqual(sizes[0]?.base?.objective);
    for (const { k, mean, low, high } of cells[0]?.curves[0]?.points ?? [])
      expect(options[k]).toMatchObject({ measured: true, loss: { value: mean, low, high } });
  });
});
