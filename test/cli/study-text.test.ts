import { describe, expect, it } from 'vitest';
import { reportText } from '../../cli/report/report-text.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { makeReport } from '../../core/report/make-report.ts';
import type { Report } from '../../core/report/report.ts';
import { inputOf, World } from '../report/world.ts';

const world = new World({ seed: 5, experts: 6, domains: 3, samples: 60 });
const input = inputOf(world, {
  methods: [
    { method: 'average', compatibility: 'none' },
    { method: 'ties', scale: 1, density: 0.5, trim_scope: 'tensor', compatibility: 'none' },
    { method: 'dare', drop_rate: 0.2, seeds: [0, 1], compatibility: 'none' },
  ],
});
const report = makeReport(input, { stage: 'complete' });

function text(full: boolean, cell: number | null = 0, of: Report = report): string {
  return reportText(of, { style: styleFor({}, {}), columns: 110, full, cell });
}

describe('the study on the terminal', () => {
  it('answers the two questions after the answer, and no more without --full', () => {
    const short = text(false);
    const [answer, drop, add, table] = [
      short.indexOf('by average'),
      short.indexOf('Which one can I drop?'),
      short.indexOf('What would one more buy?'),
      short.indexOf('typical loss'),
    ];
    expect(answer).toBeLessThan(drop as number);
    expect(drop).toBeLessThan(table as number);
    expect(add).toBeGreaterThan(drop as number);
    expect(short).not.toMatch(/Synergy|Candidate pools|Transfer|Predicted/);
  });

  it('has every part with --full, in its order, in numbers', () => {
    const full = text(true);
    const parts = ['Synergy', 'Candidate pools', 'Spread over subsets', 'Predicted', 'Three points'];
    const places = parts.map((part) => full.indexOf(part));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(full).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(full).toMatch(/^merge: \{ weights: \{ .* \} \}$/m);
    const first = report.study?.cells[0]?.synergy.donors[0];
    expect(full).toMatch(new RegExp(`donor .*\\n +${report.pool[first?.donor ?? 0]} `));
  });

  it('predicts nothing where a method is no sum, and says what the masks of a random one make', () => {
    expect(text(true, 1)).not.toContain('Predicted');
    expect(text(true, 2)).toContain('the random masks make');
  });

  it('says why nothing is foretold', () => {
    const few = makeReport(inputOf(world, {}, 12), { stage: 'complete' });
    expect(few.study?.cells[0]?.predicted?.kind).toBe('refused');
    const problem = few.study?.cells[0]?.predicted;
    const said = text(true, 0, few).replace(/\s+/g, ' ');
    expect(said).toContain(problem?.kind === 'refused' ? problem.problem.message : 'refused');
  });

  it('waits with the study while results arrive', () => {
    const points = makeReport(input, { stage: 'points' });
    expect(points.study).toBeNull();
    expect(text(true, 0, points)).not.toMatch(/Which one can I drop|Synergy/);
  });
});
