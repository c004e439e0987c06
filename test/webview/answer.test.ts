import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../core/experiment/experiment.ts';
import { makeReport } from '../../core/report/make-report.ts';
import type { Report } from '../../core/report/report.ts';
import { aboutText, elsewhereText } from '../../webview/page/panels/answer/about.ts';
import { type Answer, answerOf } from '../../webview/page/panels/answer/answer.ts';
import { beyondOf } from '../../webview/page/panels/answer/beyond.ts';
import { methodRows } from '../../webview/page/panels/methods/method-rows.ts';
import { scopeOf } from '../../webview/page/state/view.ts';
import { inputOf, World } from '../report/world.ts';
import { must, sampleReport, scopeIn } from './sample.ts';
import { dashboardState, syntheticReport } from './synthetic-report.ts';

const report = sampleReport();
const cell = must(report.cells[0]);
const answered = (made: Report): Exclude<Answer, { kind: 'waiting' }> => {
  const answer = answerOf(dashboardState(made));
  if (answer.kind === 'waiting') throw new RangeError('there is an answer');
  return answer;
};

describe('answer', () => {
  it('says how many of how many, how sure that is, and by which goal', () => {
    const answer = answered(report);
    expect([answer.kind, answer.large, answer.unit]).toEqual(['merge', '7', 'of 9 experts']);
    expect(answer.certainty).toEqual(['taken blindly, 95%: 7 alone', 'within 0.01 nats of the best k']);
    expect(answer.sentence.join('\n')).toBe(report.headline.sentence);
  });

  it('gives loss, base and next expert with intervals', () => {
    expect(answered(report).facts).toEqual([
      { label: 'Expected loss', value: '2.203', detail: '95%: 2.115 to 2.291' },
      { label: 'Base', value: '2.983', detail: 'nats per token' },
      { label: 'One more, taken blindly, buys', value: '0.00458', detail: '95%: 0.00448 to 0.00468' },
    ]);
  });

  it('a next expert that makes it worse costs, with its interval the right way round', () => {
    const next_expert = { value: -0.01, low: -0.013, high: -0.007 };
    const fact = answered({ ...report, headline: { ...report.headline, next_expert } }).facts[2];
    expect(fact).toEqual({
      label: 'One more, taken blindly, costs',
      value: '0.0100',
      detail: '95%: 0.0070 to 0.0130',
    });
  });

  it('names the recommended subset for the buttons, and the smaller one beside it', () => {
    const { subset, others } = answered(report);
    expect(subset?.merge).toEqual({
      size: 'default',
      method: 0,
      members: cell.selection?.recommended?.members,
      seed: null,
    });
    expect(subset?.names).toEqual(report.headline.subset);
    expect(others.map(({ title, names }) => [title, names.length])).toEqual([['Fewer, within the goal', 5]]);
  });

  it('says beside the buttons that a smaller or another subset would do, where one would', () => {
    const { selection } = cell;
    const inCell = (change: Partial<NonNullable<typeof selection>>): string | null =>
      answered({ ...report, cells: [{ ...cell, selection: { ...must(selection), ...change } }] }).instead;
    expect(inCell({})).toBe('With fewer, 5 stay within the goal (below); the buttons here take these 7.');
    expect(inCell({ fewest: null })).toBeNull();
    const chosen = must(selection?.chosen.find(({ k }) => k === 8));
    expect(inCell({ better: { chosen, difference: { value: -0.1, low: -0.2, high: -0.01 } } })).toBe(
      '8 are surely better (below); the buttons here take these 7.',
    );
    expect(inCell({ recommended: null })).toBeNull();
  });

  it('says what it is about, and that it stays so where the panels below show something else', () => {
    expect(aboutText(report)).toBe('average · macro mean of 9 domains');
    expect(elsewhereText(scopeIn(report))).toBeNull();
    const code = must(cell.curves.find(({ domain }) => domain === 'code')?.recommended_k);
    expect(elsewhereText(scopeIn(report, 'code'))).toContain(
      `This answer stays that of average · macro mean of 9 domains; the panels below show code. For code alone, k = ${code.k} is recommended, 95%: `,
    );
    const methods = syntheticReport({ pool: ['a', 'b'], domains: ['d'], methods: ['average', 'ties'] });
    const scope = must(scopeOf(methods, { size: 'default', label: 'ties' }, null));
    expect(elsewhereText(scope)).toBe('This answer stays that of average · d; the panels below show ties.');
  });

  it('says when intervals are still to come, and when an end has no limit', () => {
    const points = { ...report, stage: 'points' as const };
    const recommended_k = { k: 7, low: null, high: null, rule: 'within' as const, value: 0.01 };
    const early = answered({ ...points, headline: { ...report.headline, recommended_k } });
    expect(early.certainty[0]).toBe('taken blindly, interval still to come');
    const open = answered({
      ...report,
      headline: { ...report.headline, recommended_k: { ...recommended_k, low: 6 } },
    });
    expect(open.certainty[0]).toBe('taken blindly, 95%: at least 6');
  });

  it('where nothing beats the base, the base stands large', () => {
    const headline = { ...report.headline, beats_base: false, recommended_k: null, subset: null, loss: null };
    const answer = answerOf(dashboardState({ ...report, headline: { ...headline, subset: ['algebra'] } }));
    expect(answer).toMatchObject({ kind: 'base', large: 'Base' });
  });

  it('says each warning once, and failures', () => {
    const warning = { code: 'curve_turns_up', message: 'The curve turns up.' };
    const curves = cell.curves.map((curve, i) => (i === 0 ? { ...curve, warnings: [warning] } : curve));
    const progress = { done: 509, failed: 2, total: 511 };
    const made = { ...report, warnings: [warning], cells: [{ ...cell, curves, progress }] };
    expect(answered(made).warnings).toEqual(['2 merges failed; the log says why.', 'The curve turns up.']);
  });

  it('before anything is measured says what a run would do', () => {
    const plan = { total: 521, done: 0, failed: 0, missing: 521, seconds: 48 };
    expect(answerOf(dashboardState(null, { plan, run: { state: 'idle', workers: [], pace: [] } }))).toEqual({
      kind: 'waiting',
      title: 'Nothing is measured yet',
      text: ['A run scores 521 models, expected to take 50 s.'],
    });
    const running = answerOf(
      dashboardState(null, { plan, run: { state: 'running', workers: [], pace: [] } }),
    );
    expect(running).toMatchObject({ title: 'The run has begun' });
  });

  it('without a recommendation says why, in the words of the report', () => {
    const headline = {
      ...report.headline,
      recommended_k: null,
      subset: null,
      sentence: '3 of 511 merges are measured.',
    };
    expect(answerOf(dashboardState({ ...report, headline }))).toMatchObject({
      kind: 'waiting',
      title: '3 of 511 merges are measured.',
    });
  });
});

describe('a recommended subset of another size than the recommended k', () => {
  const made = (gain: number, goals: Partial<Experiment['goals']> = {}, spread = 0.5): Report =>
    makeReport(
      inputOf(new World({ seed: 3, experts: 6, domains: 3, samples: 60, gain, spread }), { goals }),
      {
        stage: 'complete',
      },
    );
  const onlyChosen = made(0.1);
  const atZero = (): Report => {
    const recommended_k = { k: 0, low: 0, high: 0, rule: 'within' as const, value: 0.01 };
    return { ...onlyChosen, headline: { ...onlyChosen.headline, recommended_k } };
  };

  it('leads with the subset where only chosen subsets beat the base, and says what typical merges do', () => {
    expect(onlyChosen.headline.recommended_k?.k).toBe(6);
    const answer = answered(onlyChosen);
    expect(answer).toMatchObject({ kind: 'merge', large: '3', unit: 'of 6 experts' });
    expect(answer.subset?.names).toHaveLength(3);
    expect(answer.certainty).toEqual([
      'typical merges lose to the base: only chosen subsets beat it',
      'taken blindly: k = 6 (95%: 6 alone), within 0.01 nats of the best k',
    ]);
  });

  it('never says that no merge beats the base above a subset that does', () => {
    const answer = answered(atZero());
    expect(answer).toMatchObject({ kind: 'merge', large: '3', unit: 'of 6 experts' });
    expect(answer.certainty).toEqual(['typical merges lose to the base: only chosen subsets beat it']);
  });

  it('where the goals pick a size, says so, and of whom the next expert is', () => {
    const picked = made(1.5, { pick: 3, goal: { rule: 'within', value: 0.05 } });
    const k = must(picked.headline.recommended_k).k;
    expect(k).toBeGreaterThan(3);
    expect(k).toBeLessThan(6);
    const answer = answered(picked);
    expect([answer.large, answer.certainty[0]]).toEqual(['3', 'picked by goals.pick']);
    expect(answer.certainty[1]).toMatch(
      new RegExp(`^taken blindly: k = ${k} \\(95%: .*\\), within 0.05 nats of the best k$`),
    );
    expect(answer.facts[2]?.label).toBe(`Typical merge: expert ${k + 1} buys`);
  });

  it('where that of the recommended k is left for a better one, says why it is not of that size', () => {
    const { selection } = cell;
    const [two, seven] = [2, 7].map((k) => must(selection?.chosen.find((each) => each.k === k)));
    const passed_over = { chosen: must(seven), difference: { value: 0.03, low: 0.014, high: 0.046 } };
    const change = { ...must(selection), recommended: must(two), passed_over, fewest: null };
    const answer = answered({ ...report, cells: [{ ...cell, selection: change }] });
    expect([answer.large, answer.unit, answer.instead]).toEqual(['2', 'of 9 experts', null]);
    expect(answer.subset?.names).toEqual(['algebra', 'biology']);
    expect(answer.certainty).toEqual([
      'chosen with care: the best 7 surely lose too much, 0.030 (0.014 to 0.046)',
      'taken blindly: k = 7 (95%: 7 alone), within 0.01 nats of the best k',
    ]);
  });

  it('where the goals pick one that loses to the base, says both', () => {
    const answer = answered(made(0.1, { pick: 1 }));
    expect(answer.large).toBe('1');
    expect(answer.certainty.slice(0, 3)).toEqual([
      'picked by goals.pick',
      'this subset loses to the base',
      'typical merges lose to the base: only chosen subsets beat it',
    ]);
  });

  it('picked where no k meets the goal is said to be picked', () => {
    const far = made(1.5, { pick: 2, goal: { rule: 'epsilon', value: 1e-6 } });
    expect(far.headline.recommended_k).toBeNull();
    expect(answered(far)).toMatchObject({ large: '2', certainty: ['picked by goals.pick'] });
  });

  it('where nothing beats the base, the base still stands large', () => {
    expect(answered(made(-1, {}, 0.3))).toMatchObject({
      kind: 'base',
      unit: 'no merge beats it',
      subset: null,
    });
  });
});

describe('methods', () => {
  it('each has its law with intervals, and marks the one that answers', () => {
    expect(methodRows(report, null)).toMatchObject([
      {
        headline: true,
        method: 'average',
        rank: '1',
        k: '7 (7 alone)',
        floor: '2.177 (2.088 to 2.267)',
        shape: 'C 0.0127 (0.0110 to 0.0144)',
        form: 'quadratic',
        r2: '1.0000',
        rmse: '0.07 mnat',
        merges: '511',
      },
    ]);
  });

  it('stand beside the best of their size', () => {
    const methods = syntheticReport({ pool: ['a', 'b'], domains: ['d'], methods: ['average', 'ties'] });
    expect(methodRows(methods, null).map(({ againstBest }) => againstBest)).toEqual([
      'best',
      '+0.3000 (+0.2980 to +0.3020) at k = 1',
    ]);
  });

  it('of a domain give no number of the objective', () => {
    const [row] = methodRows(report, 4);
    expect([row?.chosen, row?.againstBest]).toEqual(['–', '–']);
  });
});

describe('beyond the answer', () => {
  const study = must(report.study);
  const own = must(study.cells[0]);
  const withCell = (change: Partial<typeof own>) => ({
    ...report,
    study: { ...study, cells: [{ ...own, ...change }] },
  });

  it('says which expert can go and what one more would buy, each with its interval', () => {
    const { questions } = beyondOf(report);
    expect(questions.map(({ question }) => question)).toEqual([
      'Which one can I drop?',
      'What would one more buy, added to these?',
    ]);
    expect(questions[0]?.answer).toMatch(/analysis, \+0\.0007 \(−0\.0031 to \+0\.0045\)/);
    expect(questions[1]?.answer).toMatch(/number_theory|geometry|code/);
  });

  it('says what weights may gain, and that nobody merged them', () => {
    const { predicted } = beyondOf(report);
    expect(predicted).toHaveLength(1);
    expect(predicted[0]).toMatch(/gain 0\.0035 \(0\.0024 to 0\.0046\).*biology 0\.21, .*not measured yet\.$/);
  });

  it('names a subset that is foretold to be better, and none that is not', () => {
    const foretold = must(own.predicted?.kind === 'predicted' ? own.predicted : null);
    const proposed = (value: number) =>
      beyondOf(
        withCell({
          predicted: {
            ...foretold,
            weights: null,
            proposal: [
              { members: [0, 2], loss: { value, low: value - 0.001, high: value + 0.001 }, verify: true },
            ],
          },
        }),
      ).predicted;
    expect(proposed(2.1)[0]).toMatch(/^A better subset may be algebra and biology: predicted loss 2\.1/);
    expect(proposed(2.4)).toEqual([]);
  });

  it('is silent without a study, and where prediction is refused', () => {
    expect(beyondOf({ ...report, study: null })).toEqual({ questions: [], predicted: [], verify: '' });
    const problem = { code: 'not_linear', message: 'No.', fix: 'None.' };
    expect(
      beyondOf(withCell({ predicted: { kind: 'refused', problem, agreement: null } })).predicted,
    ).toEqual([]);
  });
});
