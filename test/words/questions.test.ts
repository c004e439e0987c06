import { describe, expect, it } from 'vitest';
import { referencesText } from '../../cli/report/references-text.ts';
import { predictedText } from '../../cli/report/study/predicted-text.ts';
import { shortStudy } from '../../cli/report/study/short-text.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import type { Report } from '../../core/report/report.ts';
import type { CellStudy } from '../../core/report/study/study.ts';
import { questionsOf } from '../../words/questions.ts';
import { must, sampleReport } from '../webview/sample.ts';

const report = sampleReport();
const study = must(report.study);
const own = must(study.cells[0]);
const cell = must(report.cells[0]);
const plainStyle = styleFor({}, {});
const near = (value: number) => ({ value, low: value - 0.001, high: value + 0.001 });

function withStudy(change: Partial<CellStudy>): Report {
  return { ...report, study: { ...study, cells: [{ ...own, ...change }] } };
}

describe('what is asked next', () => {
  it('is what could go or come, where neither scales nor weights were measured', () => {
    expect(questionsOf(report, cell).map(({ question }) => question)).toEqual([
      'Which one can I drop?',
      'What would one more buy, added to these?',
    ]);
    expect(questionsOf({ ...report, study: null }, cell)).toEqual([]);
  });

  it('is the best step length, where it is better than that of the sweep', () => {
    const curve = { members: [0, 2], merges: [], scale: near(1.37), on_edge: false, loss: near(2.165) };
    const tuned = (gain: number) =>
      withStudy({
        step: {
          subsets: [
            { ...curve, members: [1], loss: near(2.3), gain: near(0.2), verified: true },
            { ...curve, gain: near(gain), verified: false },
          ],
          unverified: 1,
          proposed: 0,
          by_k: [],
          fall: null,
        },
      });
    expect(questionsOf(tuned(0.04), cell).at(-1)?.answer).toBe(
      'Most where algebra and biology are merged by average at scale 1.37: loss 2.16500 (2.16400 to 2.16600), ' +
        '0.0400 (0.0390 to 0.0410) less than at the scale of the sweep, read off a parabola.',
    );
    expect(questionsOf(tuned(-0.01), cell)).toHaveLength(2);
  });

  it('is what weights that were merged buy, with the line to paste', () => {
    const predicted = must(own.predicted?.kind === 'predicted' ? own.predicted : null);
    const weights = must(predicted.weights);
    const merged = {
      weights: [0.6, 0, 0.4, 0, 0, 0, 0, 0, 0],
      loss: near(2.198),
      gain: near(0.004),
      domains: [],
    };
    const of = (verify: boolean) =>
      withStudy({ predicted: { ...predicted, weights: { ...weights, verify }, measured_weights: [merged] } });
    const text = shortStudy(of(false), cell, plainStyle, 300);
    expect(text).toContain(
      'What do weights buy? Merged with algebra 0.60 and biology 0.40: loss 2.19800 (2.19700 to 2.19900), on the same ' +
        'samples 0.0040 (0.0030 to 0.0050) below the best measured subset.',
    );
    expect(text).toContain('\nmerge: { weights: { algebra: 0.6, biology: 0.4 } }');
    const full = (verify: boolean) =>
      predictedText(must(of(verify).study?.cells[0]).predicted, of(verify), cell, plainStyle, 300);
    expect(full(false).match(/^merge: .*$/gm)).toEqual([
      'merge: { weights: { algebra: 0.6, biology: 0.4 } }',
    ]);
    expect(full(true).indexOf('Merged with weights')).toBeLessThan(
      full(true).indexOf('best weights that sum'),
    );
  });
});

describe('references', () => {
  it('stand in the report with what is known of them', () => {
    const references = [
      { name: 'teacher', loss: 2.05, gpu_hours: 120 },
      { name: 'other', loss: null, gpu_hours: null },
    ];
    expect(referencesText({ ...report, references }, plainStyle)).toMatch(
      /teacher +2\.050 +120 GPU-hours\n.*other +not scored yet/,
    );
    expect(referencesText(report, plainStyle)).toBe('');
  });
});
