import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportText } from '../../cli/report/report-text.ts';
import { transferText } from '../../cli/report/study/transfer-text.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { requestMerges } from '../../core/design/requests.ts';
import { type TaskVectors, taskVectors } from '../../core/geometry/task-vectors.ts';
import { makeReport } from '../../core/report/make-report.ts';
import type { Report } from '../../core/report/report.ts';
import { cosineText } from '../../words/task-vectors.ts';
import { sizeOf, sumsOf } from '../geometry/geometry-files.ts';
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
      short.indexOf('What would one more buy, added to these?'),
      short.indexOf('typical loss'),
    ];
    expect(answer).toBeLessThan(drop as number);
    expect(drop).toBeLessThan(table as number);
    expect(add).toBeGreaterThan(drop as number);
    expect(short).not.toMatch(/Returns|Shapley|Synergy|Candidate pools|Transfer|Predicted/);
  });

  it('has every part with --full, in its order, in numbers', () => {
    const full = text(true);
    const parts = [
      'Returns',
      'Synergy',
      'Candidate pools',
      'Spread over subsets',
      'Predicted',
      'Three points',
    ];
    const places = parts.map((part) => full.indexOf(part));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(full).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(full).toMatch(/^merge: \{ weights: \{ .* \} \}$/m);
    const first = report.study?.cells[0]?.synergy.donors[0];
    expect(full).toMatch(new RegExp(`donor .*\\n +${report.pool[first?.donor ?? 0]} `));
  });

  it('has Shapley values only where they were asked for, best expert first', () => {
    expect(text(true)).not.toContain('Shapley');
    const asked = makeReport(input, { stage: 'complete', shapley: true });
    const [own] = asked.study?.shapley ?? [];
    const best = own?.kind === 'exact' ? own.experts.toSorted((a, b) => a.value - b.value)[0] : undefined;
    const at = own?.kind === 'exact' && best ? own.experts.indexOf(best) : -1;
    const lines = text(false, 0, asked).split('\n');
    const title = lines.findIndex((line) => line.includes('Shapley values'));
    expect(lines[title + 2]?.trim().split(/ +/)[0]).toBe(asked.pool[at]);
  });

  it('says of what is of the whole pool that it is, where the goals require experts', () => {
    const required = inputOf(world, { goals: { must_include: ['e1'] } });
    const asked = makeReport(required, { stage: 'complete', shapley: true });
    const note = 'Over all subsets, also those without e1.';
    expect(text(true, 0, asked).split(note)).toHaveLength(4);
    expect(text(true)).not.toContain('Over all subsets');
  });

  it('says what to run where something may be better, and how merged weights did', () => {
    const few = inputOf(world, { subsets: { kind: 'per_k', count: 8 } });
    const before = makeReport(few, { stage: 'complete' });
    expect(text(true, 0, before)).toMatch(
      /subsets?\s+and\s+the\s+best\s+weights\)\s+by\n {4}merge-lab run FILE --verify$/m,
    );
    const grown = requestMerges(few.plan, before.study?.follow_ups ?? []);
    const plan = { ...grown, id: few.plan.id };
    few.results.feed(plan);
    const after = text(true, 0, makeReport({ ...few, plan }, { stage: 'complete' }));
    expect(after).toMatch(/Merged with weights\s+e\d=0\.\d+.*: loss/s);
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

  it('tells dilution from transfer, in a column each, where domains have experts of their own', () => {
    const point = (k: number, value: number) => {
      const change = { value, low: value - 0.01, high: value + 0.01 };
      return { k, loss: change, change, subsets: 1, of: 1 };
    };
    const said = transferText(
      { domains: [], in_domain: [point(1, 0), point(2, 0.25)], cross_domain: [point(1, -0.5)] },
      styleFor({}, {}),
      110,
    );
    expect(said).toMatch(/ 1 +0\.000 \(.*\) +−0\.500 \(−0\.510 to −0\.490\)\n +2 +\+0\.250 \(.*\)$/);
    expect(text(true)).not.toContain('Transfer');
  });

  it('ends with the law over sizes where there are several', () => {
    const file = path.join(import.meta.dirname, '..', 'fixtures', 'reports', 'three-sizes.json');
    const sizes = JSON.parse(readFileSync(file, 'utf8')).report as Report;
    const full = text(true, null, sizes);
    expect(full).toContain('sizes 39k, 152k, 525k');
    expect(full).toContain('saturated');
    expect(full.indexOf('Three points')).toBeLessThan(full.indexOf('L(N, k) = L*'));
    expect(text(false, null, sizes)).not.toContain('L(N, k)');
  });

  it('waits with the study while results arrive', () => {
    const points = makeReport(input, { stage: 'points' });
    expect(points.study).toBeNull();
    expect(text(true, 0, points)).not.toMatch(/Which one can I drop|Synergy/);
  });
});

describe('task vectors on the terminal', () => {
  const vectors: TaskVectors = taskVectors(
    {
      ...sumsOf(
        Array.from({ length: 60 }, () => 1),
        world.pool.map((_, e) =>
          Array.from({ length: 60 }, (_, i) => (i % 6 === e ? 0 : 0.02 * (-1) ** (i >> e))),
        ),
      ),
      crc: '',
    },
    sizeOf(world.pool.map((_, e) => e)),
    world.pool,
  );
  const measured = makeReport({ ...input, geometry: new Map([['default', vectors]]) }, { stage: 'points' });

  it('stand in the full report, with every number of the Report', () => {
    const full = text(true, 0, measured);
    expect(text(false, 0, measured)).not.toContain('Task vectors');
    expect(text(true, 0, report)).not.toContain('Task vectors');
    const lines = full.slice(full.indexOf('Task vectors')).split('\n');
    for (const [e, name] of world.pool.entries()) {
      const { norm, closest } = vectors.experts[e] ?? {};
      const line = lines.find((each) => each.trim().startsWith(`${name} `));
      expect(line).toContain(norm?.toPrecision(3));
      expect(line).toContain(`${world.pool[closest?.expert ?? -1]} ${cosineText(closest?.cosine ?? null)}`);
      expect(line).toContain('17%');
    }
    expect(full).toContain('Over all 60 parameters.');
    expect(full).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it('say what is odd, and what they rest on', () => {
    const odd: TaskVectors = {
      ...vectors,
      coordinates: 1e9,
      sampled: 13e6,
      warnings: [{ code: 'experts_alike', expert: 1, message: 'it is alike.', fix: '' }],
    };
    const full = text(
      true,
      0,
      makeReport({ ...input, geometry: new Map([['default', odd]]) }, { stage: 'points' }),
    );
    expect(full).toContain('e1: it is alike. [experts_alike]');
    expect(full).toContain('Over 13,000,000 of 1,000,000,000 parameters (1.3%), evenly spaced.');
  });
});
