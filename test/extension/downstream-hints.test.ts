import { describe, expect, it } from 'vitest';
import { planSweep } from '../../core/design/sweep.ts';
import type { Report } from '../../core/report/report.ts';
import { downstreamHints } from '../../extension/language/downstream-hints.ts';
import type { EditedExperiment } from '../../extension/language/edited-experiment.ts';
import { hover } from '../../extension/language/hover.ts';
import { lenses } from '../../extension/language/lenses.ts';
import { taskNamed, withTasks } from '../downstream/report-with-tasks.ts';
import { measured, planState, preparedOf, World } from './edited.ts';

const world = new World({ seed: 7, experts: 5, domains: 2, samples: 40 });
const MORE = `  downstream:
    - arc_easy
    - piqa
goals:
  pick: 3
`;

/** The text with its first task scored. */
function scored(): EditedExperiment {
  const before = measured(world, MORE);
  const { state, experiment } = before;
  if (!state?.report || !experiment) throw new RangeError('the text is not valid');
  const { header } = planSweep(experiment, preparedOf(experiment));
  const report = withTasks(state.report, header, ['arc_easy', 'piqa'].map(taskNamed), 1);
  return measured(world, MORE, {}, { report });
}

describe('the tasks of an experiment', () => {
  const edited = scored();
  const line = (text: string) =>
    Array.from({ length: 40 }, (_, i) => i).find((i) => edited.lines.line(i).trim() === text) ?? -1;

  it('have beside their names what the recommended merge does on them', () => {
    const hints = downstreamHints(edited, edited.state?.report ?? raise());
    expect(hints.map(({ position, text }) => [position.line, text])).toEqual([
      [line('- arc_easy'), 'acc 0.833 ± 0.049 · also the best'],
      [line('- piqa'), 'not scored yet'],
    ]);
    expect(hints[0]?.tooltip).toContain('The recommended merge is also the best on endings');
  });

  it('are offered to be scored while scores are missing', () => {
    const place = { uri: 'file:///lab/world.mergelab.yaml', trusted: true };
    const offered = (report: Report | null | undefined) => {
      const plan = planState({ done: 40, missing: 0 });
      const text = measured(world, MORE, {}, { report: report ?? null, plan });
      return lenses(text, place).find(({ command }) => command === 'mergeLab.scoreOnTasks');
    };
    const { report } = edited.state ?? {};
    expect(offered(report)?.title).toBe('Score on 2 tasks');
    expect(offered(report)?.tooltip).toContain('10 scores to make');
    expect(offered(report && { ...report, downstream: { ...must(report), missing: 0 } })).toBeUndefined();
  });

  it('are told of under the pointer, after what the key means', () => {
    const at = { line: line('downstream:'), column: 4 };
    const parts = (hover(edited, at) ?? raise()).parts.join('\n');
    expect(parts).toContain('evaluation harness');
    expect(parts).toContain('also the best');
    expect(parts).toContain('still to come');
  });
});

function must({ downstream }: Report) {
  return downstream ?? raise();
}

function raise(): never {
  throw new RangeError('missing');
}
