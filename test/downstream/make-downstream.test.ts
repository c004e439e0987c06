import { beforeAll, describe, expect, it } from 'vitest';
import { makeDownstream, type NamedTask } from '../../core/downstream/make-downstream.ts';
import { type WantedModel, wantedModels } from '../../core/downstream/wanted-models.ts';
import { makeReport } from '../../core/report/make-report.ts';
import type { Report } from '../../core/report/report.ts';
import { type TaskScore, taskKey } from '../../core/store/task-scores.ts';
import { agreementSentence, baseSentence, taskTitle } from '../../words/downstream.ts';
import { inputOf, World } from '../report/world.ts';
import { accuracy, perplexity, taskScore } from './metrics.ts';

const world = new World({ seed: 5, experts: 5, domains: 2, samples: 30, taste: 0.02 });
const input = inputOf(world, { goals: { pick: 3 } });
const task = { task: './tasks/endings', metric: null, limit: null, shots: null };
const key = taskKey({ name: 'endings' }, task);
const named: NamedTask = { task, key };

let report: Report;
let wanted: readonly WantedModel[];

beforeAll(() => {
  report = makeReport(input, { stage: 'complete' });
  wanted = wantedModels(report, input.plan.header);
});

/** `right` items of 60 by the place of a model; the same items are hard for all. */
function scores(
  right: (model: WantedModel, i: number) => number,
  change: Partial<TaskScore> = {},
): TaskScore[] {
  return wanted.map((model, i) => {
    const hits = Array.from({ length: 60 }, (_, item) => Number(item < right(model, i)));
    return taskScore(model.line.key, key, [accuracy(hits)], change);
  });
}

const made = (given: readonly TaskScore[], asked: NamedTask = named) => {
  const found = makeDownstream(report, wanted, [asked], given);
  const [one] = found?.tasks ?? [];
  if (!found || !one) throw new RangeError('there is no task');
  return { found, one };
};

describe('the models that are scored', () => {
  it('are base, experts and the chosen subset of each k above one, by the keys of the plan', () => {
    expect(wanted.map(({ model }) => [model.kind, model.members.length])).toEqual([
      ['base', 0],
      ...Array.from({ length: 5 }, () => ['expert', 1]),
      ['merge', 2],
      ['merge', 3],
      ['merge', 4],
      ['merge', 5],
    ]);
    const keys = new Set(input.plan.lines.map((line) => line.key));
    expect(wanted.every(({ line }) => keys.has(line.key))).toBe(true);
  });

  it('hold the recommended merge once, with its measured loss', () => {
    const recommended = wanted.filter(({ model }) => model.recommended);
    expect(recommended.length).toBe(1);
    expect(recommended[0]?.model.members).toEqual(report.cells[0]?.selection?.recommended?.members);
    for (const { model } of wanted.filter(({ model: { kind } }) => kind === 'merge')) {
      const own = report.cells[0]?.selection?.chosen.find(({ k }) => k === model.members.length);
      expect(model.loss).toBeCloseTo(own?.loss ?? Number.NaN, 12);
    }
  });
});

describe('the verdict', () => {
  it('is that the recommended merge is the best where that is sure against all', () => {
    const { one } = made(scores(({ model }) => (model.recommended ? 50 : 20)));
    expect(one.verdict).toBe('best');
    expect(one.sentence).toBe(
      'The recommended merge is also the best on endings: acc 0.833, the highest of 10 models, beyond chance against each of the others.',
    );
  });

  it('is that the data cannot tell where one other is level, behind by chance, or has the same score', () => {
    const behind = made(
      scores(({ model }) => (model.recommended ? 50 : model.kind === 'base' ? 49 : 20)),
    ).one;
    expect(behind.verdict).toBe('cannot_tell');
    expect(behind.sentence).toContain('the highest of 10 models, but 1 other cannot be told from it.');
    const same = made(scores(() => 30)).one;
    expect(same.verdict).toBe('cannot_tell');
    expect(same.sentence).toContain('it has acc 0.500, and so have the base, ');
  });

  it('says how many items would settle it', () => {
    const easyForBase = (item: number) => Number(item >= 29);
    const given = scores(({ model }) => (model.recommended ? 30 : 10)).map((score, i) =>
      wanted[i]?.model.kind === 'base'
        ? { ...score, metrics: [accuracy(Array.from({ length: 60 }, (_, item) => easyForBase(item)))] }
        : score,
    );
    const { one } = made(given);
    expect(one.sentence).toMatch(
      / About 3,300 items would tell models apart that differ by 0\.05; there are 60\.$/,
    );
  });

  it('stands beside the difference from the base, in words', () => {
    const words = (base: number, own: number) => {
      const given = scores(({ model }) => (model.recommended ? own : base));
      return baseSentence(made(given).one);
    };
    expect(words(20, 50)).toMatch(/^Against the base it has \+0\.5.*: merging helped\.$/);
    expect(words(50, 20)).toMatch(/^Against the base it has −0\.5.*: merging made it worse\.$/);
    expect(words(30, 31)).toContain('the data cannot tell whether merging helped');
  });

  it('is that another one is better, beyond chance', () => {
    const { one } = made(scores(({ model }, i) => (i === 3 ? 50 : model.recommended ? 20 : 10)));
    expect(one.verdict).toBe('not_best');
    expect(one.sentence).toContain(`the expert ${world.pool[2]} has acc 0.833, +0.5`);
  });

  it('is that the data cannot tell where the lead may be chance', () => {
    const { one } = made(scores(({ model }) => (model.kind === 'base' ? 31 : model.recommended ? 30 : 10)));
    expect(one.verdict).toBe('cannot_tell');
    expect(one.sentence).toContain('The data cannot tell');
    expect(one.sentence).toContain('the base has acc 0.517');
  });

  it('turns with a metric that is better when it is lower', () => {
    const lower = wanted.map(({ model, line }) => {
      const values = Array.from({ length: 40 }, (_, i) => -(model.recommended ? 1 : 2) - (i % 3) / 10);
      return taskScore(line.key, key, [perplexity(values)]);
    });
    const { one } = made(lower);
    expect(one.verdict).toBe('best');
    expect(one.sentence).toContain('the lowest of 10 models');
  });

  it('waits for the recommended merge', () => {
    const some = scores(() => 30).filter((_, i) => !wanted[i]?.model.recommended);
    const { one, found } = made(some);
    expect(one.verdict).toBe('not_scored');
    expect(found.missing).toBe(1);
  });
});

describe('rank correlation with the loss', () => {
  it('is 1 where models with lower loss score better', () => {
    const order = (own: WantedModel) => wanted.filter(({ model }) => model.loss > own.model.loss).length;
    const { one } = made(scores((model) => 10 + 4 * order(model)));
    expect(one.agreement?.spearman.value).toBe(1);
    expect(one.agreement?.kendall.value).toBe(1);
    expect(one.agreement?.models).toBe(10);
  });
});

describe('ties', () => {
  const said = ({ one }: ReturnType<typeof made>) => [agreementSentence(one), one.sentence.includes('About')];

  it('of more than half of the models leave nothing to rank, and no number of items is named', () => {
    const shifted = (i: number) => accuracy(Array.from({ length: 60 }, (_, item) => Number((item + i) % 2)));
    const given = scores(() => 30).map((score, i) => ({ ...score, metrics: [shifted(i)] }));
    expect(said(made(given))).toEqual([
      'All 10 models have the same score: ties leave nothing to rank.',
      false,
    ]);
    const most = made(scores((_, i) => (i < 4 ? 27 + i : 31)));
    expect(most.one.tied).toBe(6);
    expect(said(most)).toEqual(['6 of 10 models have the same score: ties leave nothing to rank.', false]);
  });

  it('of half of them are ranked as ties', () => {
    const { one } = made(scores((_, i) => (i < 5 ? 26 + i : 31)));
    expect([one.tied, one.agreement?.models]).toEqual([5, 10]);
    expect(agreementSentence(one)).toContain('by Spearman');
  });
});

it('a limit that the task does not reach leaves no item out', () => {
  const title = (limit: number) => {
    const asked = { ...task, limit };
    const own = { task: asked, key: taskKey({ name: 'endings' }, asked) };
    const given = scores(() => 30).map((score) => ({ ...score, task: own.key }));
    return taskTitle(made(given, own).one);
  };
  expect(title(1000)).toBe('./tasks/endings · acc of 60 items · lm-eval 0.4.13');
  expect(title(60)).toBe('./tasks/endings · acc of the first 60 items · lm-eval 0.4.13');
});

describe('what the store holds', () => {
  it('counts only for the very same task', () => {
    const limited = {
      task: { ...task, limit: 10 },
      key: taskKey({ name: 'endings' }, { limit: 10, shots: null }),
    };
    expect(
      made(
        scores(() => 30),
        limited,
      ).found.missing,
    ).toBe(10);
  });

  it('of another version of the harness is left out, and said', () => {
    const newer = scores(() => 30).slice(0, 6);
    const older = scores(() => 40, { harness: '0.4.9' });
    const { one } = made([...older.slice(0, 3), ...newer]);
    expect(one.harness).toBe('0.4.13');
    expect(one.scores[0]?.score.value).toBe(0.5);
    expect(one.notes).toEqual([
      "3 scores of another version of the harness, or of the task's data, are left out.",
    ]);
  });

  it('may be failures, which are told', () => {
    const failed = scores(() => 30).map((score, i) =>
      i === 2 ? { ...score, metrics: [], code: 'merge_failed', message: 'It is too long.' } : score,
    );
    const { one, found } = made(failed);
    expect(found.missing).toBe(1);
    expect(one.notes).toEqual(['1 model could not be scored: It is too long.']);
  });

  it('has its metrics named where the one that is asked for is not among them', () => {
    const { one } = made(
      scores(() => 30),
      { ...named, task: { ...task, metric: 'f1' } },
    );
    expect(one.problem).toMatchObject({ code: 'metric_unknown', fix: 'It has: acc.' });
    expect(one.agreement).toBeNull();
  });
});

it('is nothing without tasks', () => {
  expect(makeDownstream(report, wanted, [], [])).toBeNull();
});
