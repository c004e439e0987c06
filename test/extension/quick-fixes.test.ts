import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseExperiment } from '../../core/experiment/parse.ts';
import type { EditedExperiment } from '../../extension/language/edited-experiment.ts';
import type { QuickFix } from '../../extension/language/quick-fix.ts';
import { quickFixes } from '../../extension/language/quick-fixes.ts';
import { yamlEdits } from '../../extension/language/yaml-edit.ts';
import { apply } from './apply.ts';
import { edited, measured, SAMPLES, sample, World } from './edited.ts';

const world = new World({ seed: 7, experts: 6, domains: 3, samples: 40 });

function fixesAt(file: EditedExperiment, text: string): readonly QuickFix[] {
  const at = file.lines.position(file.text.indexOf(text) + 1);
  return quickFixes(file, { start: at, end: at });
}

function fixed(file: EditedExperiment, text: string, title: RegExp): string {
  const fix = fixesAt(file, text).find((each) => title.test(each.title));
  if (!fix) throw new Error(`no ${title} among ${fixesAt(file, text).map((each) => each.title)}`);
  return apply(file.text, fix.edits);
}

/** Lines that went and lines that came. */
function changed(before: string, after: string): { gone: string[]; come: string[] } {
  const [a, b] = [before.split('\n'), after.split('\n')];
  return { gone: a.filter((line) => !b.includes(line)), come: b.filter((line) => !a.includes(line)) };
}

describe('a misspelt word', () => {
  it.each([
    ['bsae: ./x\nexperts: { a: ./y }\nevaluation: { data: ./d.json }\n', 'bsae', 'base: ./x'],
    [
      'base: ./x\nexperts: { a: ./y }\nmethods: [avrage]\nevaluation: { data: ./d.json }\n',
      'avrage',
      'methods: [average]',
    ],
    [
      'base: ./x\nexperts: { math: ./y }\nevaluation: { data: ./d.json }\ngoals: { must_include: ["mth"] }\n',
      'mth',
      '{ must_include: [math] }',
    ],
  ])('is corrected in place %#', (text, word, expected) => {
    const file = edited(text);
    const [fix] = fixesAt(file, word);
    expect(fix).toMatchObject({ kind: 'mend' });
    const after = apply(text, fix?.edits ?? []);
    expect(after).toContain(expected);
    expect(parseExperiment(after).experiment).not.toBeNull();
  });

  it('is not offered elsewhere', () => {
    expect(
      fixesAt(edited('bsae: ./x\nexperts: { a: ./y }\nevaluation: { data: ./d.json }\n'), 'evaluation'),
    ).toEqual([]);
  });
});

describe('pick', () => {
  it('is set to the recommended k where it stands', () => {
    const file = measured(world, 'goals:\n  within: 0.05   # enough\n  pick: 3   # for now\n');
    const after = fixed(file, 'pick', /^Set pick to 6/);
    expect(changed(file.text, after)).toEqual({
      gone: ['  pick: 3   # for now'],
      come: ['  pick: 6   # for now'],
    });
  });

  it('is added to the goals, whatever their form', () => {
    const block = measured(world, 'goals:\n    within: 0.05   # enough\n\nsweep:\n  k: 1..6\n');
    expect(changed(block.text, fixed(block, 'within', /^Set pick/))).toEqual({
      gone: [],
      come: ['    pick: 6'],
    });
    const flow = measured(world, 'goals: { within: 0.05 }   # enough\n');
    expect(fixed(flow, 'goals', /^Set pick/)).toContain('goals: { within: 0.05, pick: 6 }   # enough\n');
    const none = measured(world, 'sweep:\n  k: 1..6   # all');
    expect(fixed(none, 'experts:', /^Set pick/)).toMatch(/ {2}k: 1\.\.6 {3}# all\ngoals:\n {2}pick: 6\n$/);
  });

  it('is not offered where it is so already', () => {
    const file = measured(world, 'goals: { within: 0.05, pick: 6 }\n');
    expect(fixesAt(file, 'goals').filter(({ title }) => /pick/.test(title))).toEqual([]);
  });
});

describe('k', () => {
  it('gets what is missing from it', () => {
    const range = measured(world, 'sweep:\n  k: 1..3   # cheap\n');
    expect(fixed(range, 'k: 1', /missing k/)).toContain('  k: 1..6   # cheap\n');
    expect(fixesAt(range, 'sweep').find(({ title }) => /missing/.test(title))?.codes).toContain('too_few_k');
    const list = measured(
      world,
      'goals: { within: 0.1 }\nsweep:\n  k:\n    - 1   # one\n    - 2\n    - 4\n    - 6\n',
    );
    const recommended = list.state?.report?.headline.recommended_k?.k;
    expect(recommended).toBe(5);
    const after = fixed(list, 'sweep', /^Add k = 5/);
    expect(parse(after)).toMatchObject({ sweep: { k: [1, 2, 4, 6, 5] } });
    expect(changed(list.text, after)).toEqual({ gone: [], come: ['    - 5'] });
  });

  it('leaves its subsets to a precision where all of them are many', () => {
    const many = new World({ seed: 7, experts: 7, domains: 2, samples: 20 });
    const file = measured(many, 'goals: { within: 0.02 }\nsweep:\n  subsets: all   # 127\n');
    expect(fixed(file, 'sweep', /^Merge random subsets only/)).toContain('  subsets: { precision: 0.02 }');
    const few = measured(world, 'sweep: { subsets: all }\n');
    expect(fixesAt(few, 'sweep').some(({ title }) => /random subsets/.test(title))).toBe(false);
  });

  it('is set to the recommended one', () => {
    const file = measured(world, 'sweep: { k: [1, 2, 3, 4, 5, 6], seed: 1 }\n');
    expect(fixed(file, 'sweep', /^Set k to/)).toContain('sweep: { k: 6, seed: 1 }\n');
  });
});

describe('merge', () => {
  const subset = measured(world, 'goals: { pick: 3 }\n').state?.report?.headline.subset ?? [];

  it('is filled with the recommended subset', () => {
    const file = measured(world, 'goals: { pick: 3 }\n');
    const after = fixed(file, 'experts:', /^Fill merge/);
    expect(after.startsWith(file.text)).toBe(true);
    expect(parseExperiment(after).experiment?.merge).toMatchObject({
      method: 'average',
      subset,
      out: './merged',
    });
  });

  it('keeps what else it says, and every comment', () => {
    const file = measured(
      world,
      'goals: { pick: 3 }\nmerge:\n  out: ./here   # on the fast disk\n  subset:\n    - e0   # the good one\n    - e1   # who knows\n    - e3\n    - e5\n',
    );
    const after = fixed(file, 'merge', /^Fill merge/);
    const { merge } = parseExperiment(after).experiment ?? {};
    expect([...(merge?.subset ?? [])].sort()).toEqual([...subset].sort());
    expect(merge?.out).toBe('./here');
    for (const comment of ['# on the fast disk', '# the good one']) expect(after).toContain(comment);
  });

  it('takes the place of weights', () => {
    const file = measured(world, 'goals: { pick: 3 }\nmerge: { weights: { e0: 1, e1: 2 }, out: ./here }\n');
    expect(parseExperiment(fixed(file, 'merge', /^Fill/)).experiment?.merge).toMatchObject({
      subset,
      weights: null,
    });
  });

  it('is not offered where it is so, nor for numbers of another text', () => {
    const same = measured(
      world,
      `goals: { pick: 3 }\nmerge: { method: average, subset: [${subset.join(', ')}] }\n`,
    );
    expect(fixesAt(same, 'merge:').filter(({ title }) => /Fill/.test(title))).toEqual([]);
    const stale = measured(world, 'goals: { pick: 3 }\n', {}, { stale: 'The data changed.' });
    expect(fixesAt(stale, 'experts:').filter(({ title }) => /Fill/.test(title))).toEqual([]);
  });

  it('takes the best weights that are foretold, in the place of a subset', () => {
    const file = measured(world, 'merge: { subset: [e0, e1], out: ./here }   # to serve\n');
    const predicted = file.state?.report?.study?.cells[0]?.predicted;
    if (predicted?.kind !== 'predicted' || !predicted.weights) throw new Error('weights are foretold here');
    const after = fixed(file, 'merge', /^Set merge to the best weights, predicted loss \d\.\d{3}$/);
    const { merge } = parseExperiment(after).experiment ?? {};
    expect(merge).toMatchObject({ subset: null, out: './here' });
    for (const [i, weight] of predicted.weights.weights.entries())
      expect(merge?.weights?.get(`e${i}`) ?? 0).toBeCloseTo(weight, 3);
    expect(after).toContain('# to serve');
    const again = edited(after, { report: file.state?.report ?? null });
    expect(fixesAt(again, 'merge').filter(({ title }) => /^Set merge/.test(title))).toEqual([]);
    const stale = edited(file.text, { report: file.state?.report ?? null, stale: 'The data changed.' });
    expect(fixesAt(stale, 'merge').filter(({ title }) => /^Set merge/.test(title))).toEqual([]);
  });
});

describe('edits of the file', () => {
  const tricky = [
    ...SAMPLES.map(sample),
    'a: 1\n---\nb: 2\n',
    '{ base: ./x, goals: { pick: 1 } }\n',
    'base: ./x\r\ngoals:\r\n  within: 0.1   # keep\r\n',
    'goals: &g { pick: 1 }\nother: *g\n',
    'goals: *nowhere\n',
    'goals:\n  # only a comment\n',
    'goals:   # a comment\nsweep: { k: 1 }\n',
    'goals: {}\n',
    'goals: ~\n',
    'goals: |\n  text\n',
    'goals:\n  pick: |\n    4\n  within: 1',
    '"goals":\n  "pick": "x"   # quoted\n',
    '# nothing\n',
    '- a\n- b\n',
    'goals:\n  pick: 3 # no end of line',
    'merge:\n  subset:\n  - a # x\n  - b\n',
    'merge:\n  subset: [\n    a, # first\n    b\n  ]\n',
    '<<: { goals: { pick: 2 } }\nbase: ./x\n',
  ];

  it('change what the file means only where they should, and no comment', () => {
    const assignment = fc.constantFrom(
      { section: 'goals', key: 'pick', value: 4 },
      { section: 'merge', key: 'subset', value: ['algebra', 'null', '1e5'], instead: 'weights' },
      { section: 'sweep', key: 'k', value: '1..9' },
      {
        section: 'merge',
        key: 'weights',
        value: { algebra: 0.5, 'b-c': 1e-7, '1e5': -2 },
        instead: 'subset',
      },
    );
    fc.assert(
      fc.property(fc.constantFrom(...tricky), assignment, (text, asked) => {
        const edits = yamlEdits(text, [asked]);
        if (!edits) return;
        const after = apply(text, edits);
        const { [asked.section]: _before, ...othersBefore } = parse(text, { merge: true });
        const { [asked.section]: own, ...othersAfter } = parse(after, { merge: true });
        expect(othersAfter).toEqual(othersBefore);
        expect(own[asked.key]).toEqual(asked.value);
        for (const [comment] of text.matchAll(/ # (?!x)[a-z ]+/g)) expect(after).toContain(comment);
        if (text.includes('\r\n')) expect(after.replaceAll('\r\n', '')).not.toContain('\n');
      }),
      { numRuns: 300 },
    );
  });

  it('are made wherever a careful person could make them', () => {
    const pick = [{ section: 'goals', key: 'pick', value: 4 }];
    const made = tricky.map((text) => yamlEdits(text, pick) !== null);
    expect(tricky.filter((_, i) => !made[i])).toEqual([
      'a: 1\n---\nb: 2\n',
      '{ base: ./x, goals: { pick: 1 } }\n',
      // What an anchor says, it says at another place too.
      'goals: &g { pick: 1 }\nother: *g\n',
      'goals: *nowhere\n',
      'goals: ~\n',
      'goals: |\n  text\n',
      'goals:\n  pick: |\n    4\n  within: 1',
      '# nothing\n',
      '- a\n- b\n',
    ]);
  });
});
