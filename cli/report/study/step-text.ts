import type { StepStudy } from '../../../core/report/study/step-study.ts';
import { columnDigits, estimated } from '../../../words/estimates.ts';
import { count, loss, signed } from '../../../words/numbers.ts';
import { scaleText, stepSentences } from '../../../words/step-length.ts';
import type { Style } from '../../terminal/style.ts';
import { table, wrap } from '../../terminal/table.ts';

/** By k: the best scale, and the typical loss there beside the one at the scale of the sweep. Empty where none is tuned. */
export function stepText(step: StepStudy | null, pool: number, style: Style, columns: number): string {
  if (!step) return '';
  const { by_k } = step;
  const digits = [
    by_k.map(({ fixed }) => fixed),
    by_k.map(({ tuned }) => tuned),
    by_k.map(({ gain }) => gain),
  ].map(columnDigits);
  const rows = by_k.map(({ k, scale, fixed, tuned, gain, subsets, of }) => [
    `${k}`,
    scaleText(scale),
    estimated(fixed, loss, digits[0]),
    estimated(tuned, loss, digits[1]),
    estimated(gain, signed, digits[2]),
    `${subsets} of ${count(of)}`,
  ]);
  const titles = ['k', 'best scale', 'typical at the fixed scale', 'typical, tuned', 'tuning saves', 'tuned'];
  return [
    `  ${style.bold('Step length')}  ${style.dim('each k at its best scale, found on a few of its subsets')}`,
    table(
      titles.map((title, i) => ({ title, align: 'right', ...(i > 3 ? { leaveOut: 6 - i } : {}) })),
      rows,
      { indent: '    ', heading: style.dim, width: columns },
    ),
    ...stepSentences(step, pool).map((sentence) => wrap(sentence, columns, '    ')),
  ].join('\n');
}
