import type { Cell, Report } from '../../core/report/report.ts';
import { isDeclared } from '../../words/cell-name.ts';
import { plain, plainLines } from '../../words/plain.ts';
import { cosineText, normText, restsOn, shareText } from '../../words/task-vectors.ts';
import type { Style } from '../terminal/style.ts';
import { table, wrap } from '../terminal/table.ts';

/** Lengths and directions of the task vectors of a cell's size; empty while they are not measured. */
export function taskVectorsText(report: Report, { size }: Cell, style: Style, columns: number): string {
  const vectors = report.sizes.find(({ name }) => name === size)?.geometry;
  if (!vectors) return '';
  const { pool } = report;
  const rows = vectors.experts.map(({ norm, zeros, closest, conflict }, expert) => [
    plain(pool[expert] ?? '?', 30),
    normText(norm),
    shareText(zeros),
    shareText(conflict),
    closest ? `${plain(pool[closest.expert] ?? '?', 30)} ${cosineText(closest.cosine)}` : '',
  ]);
  const titles = ['expert', '‖v‖/‖θ0‖', 'zeros', 'opposite signs', 'closest expert, cosine'];
  const where = isDeclared(report, size) ? ` of size ${plain(size, 24)}` : '';
  const odd = vectors.warnings.map(({ expert, message, code }) =>
    wrap(`${plain(pool[expert] ?? '?', 30)}: ${plainLines(message)} [${code}]`, columns, '    '),
  );
  return [
    `  ${style.bold('Task vectors')}  ${style.dim(`expert minus base${where}; opposite signs: mean over the other experts`)}`,
    table(
      titles.map((title, i) => ({
        title,
        align: i === 0 || i === 4 ? 'left' : 'right',
        ...(i === 2 || i === 3 ? { leaveOut: i } : {}),
      })),
      rows,
      { indent: '    ', heading: style.dim, width: columns },
    ),
    wrap(restsOn(vectors), columns, '    '),
    ...odd,
  ].join('\n');
}
