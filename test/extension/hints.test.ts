import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { expertTable } from '../../cli/report/expert-table.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import type { Report } from '../../core/report/report.ts';
import type { EditedExperiment } from '../../extension/language/edited-experiment.ts';
import { headlineHint, headlineText } from '../../extension/language/headline.ts';
import { type HintKind, hints } from '../../extension/language/hints.ts';
import { edited, measured, preparedOf, reportOf, retyped, World } from './edited.ts';

const world = new World({ seed: 7, experts: 6, domains: 3, samples: 40 });
const MORE = `methods:
  - average
  - { method: task_arithmetic, scale: 0.8 }   # shorter steps
goals:
  within: 0.05   # enough
  pick: 3
sweep:
  k: 1..6
`;
const file = measured(world, MORE);
const report = file.state?.report ?? raise();

function lines(found: EditedExperiment, ...kinds: HintKind[]): Record<string, string> {
  const all = hints(found, new Set(kinds));
  return Object.fromEntries(all.map(({ position, text }) => [found.lines.line(position.line).trim(), text]));
}

describe('the headline', () => {
  it('stands behind the line of the experts, in the digits that its interval deserves', () => {
    const hint = headlineHint(file) ?? raise();
    expect(file.lines.line(hint.position.line)).toBe('experts:   # the pool');
    expect(hint.position).toEqual(file.lines.lineEnd(4));
    expect(hint.text).toBe(
      '3 experts: e0, e2 and e4 · loss 1.392 ± 0.12 · typical k = 6 (6 alone), within 0.05 of the best · by average',
    );
    expect(hint.tooltip.startsWith(report.headline.sentence)).toBe(true);
    expect(hint.tooltip).toMatch(
      /\nWhich one can I drop\? .*e[024].*\nWhat would one more buy, added to these\? .*e[135]/,
    );
  });

  it('is marked where its numbers are of another text, with the reason', () => {
    const stale = headlineHint(measured(world, MORE, {}, { stale: 'The data changed.' })) ?? raise();
    expect(stale.text).toMatch(/^~ 3 experts: e0, e2 and e4 · .* · typical k = 6/);
    expect(stale.tooltip).toMatch(/^The data changed\.\n/);
  });

  it('counts while too little is measured, and says nothing before the first result', () => {
    expect(headlineText(reportOf(world, experiment(), { measured: 0 }))).toBeNull();
    const few = reportOf(world, experiment(), { measured: 9, stage: 'points' });
    expect(headlineText(few)).toMatch(/9 of 133/);
    const half = headlineText(reportOf(world, experiment(), { measured: 80, stage: 'points' })) ?? raise();
    expect(half).toMatch(
      /^3 experts: e.* · loss \d\.\d{3} · typical k = \d, within 0\.05 of the best · by \w+.* · so far, 80 of 133$/,
    );
  });

  it('says the same of short sweeps as the sentence does', () => {
    const short = (k: string) => headlineHint(measured(world, `sweep: { k: ${k} }\n`)) ?? raise();
    expect(short('1..2').text).toBe(
      "no recommended k: only 2 of the 6 k's are measured, and a law needs three",
    );
    expect(short('1..2').tooltip).toContain("only 2 of the 6 k's are measured, and a law needs three");
    expect(short('1..3').text).toMatch(/^k = \d.*, by a law of only 3 points, within 0\.01 of the best/);
    expect(short('1..3').tooltip).toMatch(/^By a law that rests on only 3 points/);
    expect(short('1..4').text).toMatch(/k = \d.*, by the law beyond k = 4, within 0\.01 of the best/);
  });

  it('says when nothing beats the base', () => {
    const bad = new World({ seed: 5, experts: 5, domains: 3, samples: 60, gain: -1, spread: 0.3 });
    expect(headlineText(measured(bad).state?.report ?? raise())).toBe('no merge beats the base');
  });

  it.each([
    [{ k: 4, low: 4, high: 5, rule: 'within', value: 0.01 }, 'k = 4 (4–5), within 0.01 of the best'],
    [{ k: 4, low: 3, high: null, rule: 'return', value: 0.9 }, 'k = 4 (3 or more), 90% of the improvement'],
    [{ k: 4, low: null, high: null, rule: 'epsilon', value: 0.02 }, 'k = 4, within 0.02 of the floor'],
  ] as const)('names the goal %#', (recommended_k, expected) => {
    const headline = { ...report.headline, recommended_k, subset: null, loss: null };
    expect(headlineText({ ...report, headline })).toBe(`${expected} · by average`);
    expect(headlineText({ ...report, headline, cells: report.cells.slice(0, 1) })).toBe(expected);
  });
});

describe('hints', () => {
  it('give every expert its attribution, and its place in the recommended subset', () => {
    const found = lines(file, 'experts');
    const effects =
      report.cells[0]?.selection?.attribution.map((each) => each?.effect.value ?? Number.NaN) ?? [];
    expect(Object.keys(found)).toHaveLength(6);
    for (const [name, text] of Object.entries(found)) {
      const index = Number(/e(\d):/.exec(name)?.[1]);
      const value = effects[index] ?? Number.NaN;
      expect(text).toMatch(value < 0 ? /^−0\.\d{3}/ : /^\+0\.\d{3}/);
      expect(Math.abs(value)).toBeCloseTo(Number(/0\.\d{3}/.exec(text)?.[0]), 3);
      expect(text.includes('✓')).toBe(report.headline.subset?.includes(`e${index}`));
    }
    // The most helpful member of the subset is its first.
    const members = [0, 2, 4].sort((a, b) => (effects[a] ?? 0) - (effects[b] ?? 0));
    expect(found[`e${members[0]}: ./models/e${members[0]}   # an expert`]).toMatch(/✓ 1st$/);
    expect(found[`e${members[2]}: ./models/e${members[2]}   # an expert`]).toMatch(/✓ 3rd$/);
  });

  it('say of an expert that the goals decide on that they do', () => {
    const found = measured(world, 'goals: { must_exclude: [e1], must_include: [e2] }\n');
    const texts = lines(found, 'experts');
    const ofE1 = Object.entries(texts).find(([line]) => line.startsWith('e1:'));
    expect(ofE1?.[1]).toBe('excluded by the goals');
    expect(Object.entries(texts).find(([line]) => line.startsWith('e2:'))?.[1]).toBe('✓');
    const shown = found.state?.report ?? raise();
    const [cell] = shown.cells;
    const table = expertTable(shown, cell ?? raise(), styleFor({}, {}));
    expect(table).toMatch(/^ +e1 +excluded by the goals *$/m);
    expect(table).toMatch(/^ +✓ +e2 +required by the goals +\d/m);
  });

  it('give every method its law and its rank, behind the comment', () => {
    const found = lines(file, 'methods');
    expect(found['- average']).toMatch(/^L∞ \d\.\d{3} · A \d\.\d{3} · .* · 1st of 2$/);
    expect(Object.keys(found)[1]).toBe('- { method: task_arithmetic, scale: 0.8 }   # shorter steps');
  });

  it('give every goal what it gives now', () => {
    const found = lines(file, 'goals');
    expect(found['within: 0.05   # enough']).toBe('k = 6 (6 alone)');
    expect(found['pick: 3']).toMatch(/^loss 1\.392 ± 0\.12 · 0\.085 behind the best$/);
    expect(found['k: 1..6']).toBe('126 merges');
  });

  it('give the budget the best that it allows, behind its key', () => {
    const block = measured(world, 'budget:\n  max_parameters: 14B\n  target_loss: 1.4\n');
    const [hint] = hints(block, new Set(['goals'] as const));
    expect(lines(block, 'goals')).toEqual({
      'budget:': 'best: 6 experts · typical loss 1.336 ± 0.11 · 2.96 expert-billions',
    });
    expect(hint?.tooltip).toContain('Lowest typical loss within the budget: 6 experts');
    expect(hint?.tooltip).toContain('Cheapest whose typical loss reaches 1.400');
    const none = measured(world, 'budget: { max_parameters: 1M }\n');
    expect(Object.values(lines(none, 'goals'))).toEqual([
      'no best: no size and number of experts is within the budget',
    ]);
    expect(lines(measured(world, 'budget: { target_loss: 1 }\n', { stage: 'points' }), 'goals')).toEqual({});
  });

  it('are one at the end of a line that holds several', () => {
    const text = `sizes:\n  S: { base: ./b, experts: "./{expert}" }\nexperts: [e0, e1, e2, e3, e4, e5]   # six\nmethods: [average, ties]\nevaluation:\n  data: ./d.json\n  domains: [d0]\n`;
    const single = new World({ seed: 7, experts: 6, domains: 1, samples: 40 });
    const parsed = edited(text);
    const ofText = parsed.experiment ?? raise();
    const shown = edited(text, { report: reportOf(single, ofText), prepared: preparedOf(ofText) });
    const found = hints(shown, new Set(['experts', 'methods']));
    expect(found.map(({ position }) => position.line)).toEqual([3, 4]);
    expect(found[0]?.text).toMatch(/^e0 [+−]0\.\d{3}( ✓ \dst)?.* · e5 [+−]?0\.\d{3}/);
    expect(found[0]?.position).toEqual(shown.lines.lineEnd(3));
    expect(found[1]?.text).toMatch(/^average L∞ .* {2}\| {2}ties L∞ /);
  });

  it('stay while the file is being typed, and follow their lines', () => {
    const broken = file.text.replace('goals:', 'meth\n\ngoals:\n  {');
    expect(() => parse(broken)).toThrow();
    const typed = retyped(broken, file.state ?? raise());
    expect(typed.parsed.experiment).toBeNull();
    expect(lines(typed, 'experts')).toEqual(lines(file, 'experts'));
    expect(headlineHint(typed)?.text).toBe(headlineHint(file)?.text);
  });

  it('stay with their expert when lines move, and go with an expert that goes', () => {
    const moved = file.text.replace('experts:', '# a comment\n\nexperts:').replace(/ {2}e3:.*\n/, '');
    const found = lines(retyped(moved, file.state ?? raise()), 'experts');
    expect(Object.keys(found)).toHaveLength(5);
    expect(found['e4: ./models/e4   # an expert']).toBe(
      lines(file, 'experts')['e4: ./models/e4   # an expert'],
    );
  });

  it('show no law of another method', () => {
    const changed = file.text.replace('scale: 0.8', 'scale: 0.7');
    expect(Object.keys(lines(retyped(changed, file.state ?? raise()), 'methods'))).toEqual(['- average']);
  });

  it('have the same number of decimals while results arrive', () => {
    const early = measured(world, MORE, { stage: 'points', measured: 60 });
    const texts = (found: EditedExperiment) =>
      Object.values(lines(found, 'experts')).map((text) => text.length);
    expect(Object.values(lines(early, 'experts')).every((text) => /[+−]?0\.\d{3}/.test(text))).toBe(true);
    expect(Math.max(...texts(early)) - Math.max(...texts(file))).toBeLessThanOrEqual(1);
  });
});

describe('a sweep until its means are known', () => {
  it('says beside its subsets how well they are', () => {
    const more = 'sweep:\n  k: 1..6\n  subsets: { precision: 0.5, at_most: 60 }\n';
    const found = lines(measured(world, more), 'goals');
    expect(found['subsets: { precision: 0.5, at_most: 60 }']).toMatch(/^±0\.\d+ after 60 merges$/);
    expect(found['k: 1..6']).toBe('at most 60 merges');
    const early = lines(measured(world, more, { stage: 'points', measured: 20 }), 'goals');
    expect(early['subsets: { precision: 0.5, at_most: 60 }']).toBe('not judged yet');
  });
});

function experiment() {
  return file.experiment ?? raise();
}

function raise(): never {
  throw new Error('missing');
}

// Names are shown harmless.
describe('hostile names', () => {
  it('stay on their line', () => {
    const hostile: Report = {
      ...report,
      headline: { ...report.headline, subset: ['a\u202eb', `<img src=x>\n${'x'.repeat(10_000)}`] },
    };
    const text = headlineText(hostile) ?? raise();
    expect(text).not.toMatch(/[\n\u202e]/);
    expect(text.length).toBeLessThan(200);
  });
});
