import type { Report } from '../../core/report/report.ts';
import { counted, loss } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import type { Style } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

/** What the experiment wants the merges to be seen beside; empty without any. */
export function referencesText({ references }: Report, style: Style): string {
  if (references.length === 0) return '';
  const rows = references.map(({ name, loss: own, gpu_hours }) => [
    plain(name, 40),
    own === null ? 'not scored yet' : loss(own),
    gpu_hours === null ? '' : counted(gpu_hours, 'GPU-hour'),
  ]);
  return table(
    [
      { title: 'reference', align: 'left' },
      { title: 'loss', align: 'right' },
      { title: '', align: 'right' },
    ],
    rows,
    { indent: '  ', heading: style.dim },
  );
}
