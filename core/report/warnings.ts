import { cellName } from '../../words/cell-name.ts';
import { counted } from '../../words/numbers.ts';
import type { Warning } from '../law/curve.ts';
import { againstBase } from './headline.ts';
import type { Cell, Headline, Progress, ReportSize } from './report.ts';

/** What concerns the report as a whole; a curve's own warnings stay with it. */
export function reportWarnings(report: {
  readonly cells: readonly Cell[];
  readonly sizes: readonly ReportSize[];
  readonly headline: Headline;
  readonly progress: Progress;
  readonly unusable: number;
}): Warning[] {
  const warnings: Warning[] = [];
  const { failed } = report.progress;
  if (failed > 0)
    warnings.push({
      code: 'merges_failed',
      message: `${counted(failed, 'merge')} failed and ${failed === 1 ? 'is' : 'are'} missing from every mean.`,
    });
  if (report.unusable > 0)
    warnings.push({
      code: 'results_unusable',
      message: `${counted(report.unusable, 'result')} ${report.unusable === 1 ? 'does' : 'do'} not match the evaluation data and ${report.unusable === 1 ? 'is' : 'are'} left out.`,
    });
  for (const cell of report.cells) {
    const size = report.sizes.find(({ name }) => name === cell.size);
    const beats = againstBase(cell, size?.base?.objective.value ?? null);
    const where = cellName(report, cell);
    if (beats && !beats.typical && beats.chosen)
      warnings.push({
        code: 'only_chosen_beats_base',
        message: `${where}: typical merges lose to the base at every k measured; only chosen subsets beat it.`,
      });
    if (!cell.claims_law)
      warnings.push({
        code: 'outside_law',
        message: `${where}: masks depend on the subset as in mergekit, so its curve supports no claim about the law.`,
      });
  }
  return warnings;
}
