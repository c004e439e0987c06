import type { EnsembleReport, ModelScore } from '../../../core/ensemble/types.ts';
import { columnDigits, estimated } from '../../../words/estimates.ts';
import { loss } from '../../../words/numbers.ts';
import { plain } from '../../../words/plain.ts';
import { copyText } from '../../../words/relations.ts';
import { parameters } from '../../../words/units.ts';
import { table } from '../../terminal/table.ts';
import type { EnsembleTextOptions } from './ensemble-text.ts';

const MOST = 20;

/** Every model by itself, the best first. */
export function modelTable(
  { models }: EnsembleReport,
  { style, columns, full }: EnsembleTextOptions,
): string {
  const ordered = [...models].sort((a, b) => a.bits_per_byte.value - b.bits_per_byte.value);
  const shown = full ? ordered : ordered.slice(0, MOST);
  const digits = columnDigits(shown.map(({ bits_per_byte }) => bits_per_byte));
  const isMixture = models.some(({ parameters: { active, total } }) => active < total);
  const rows = shown.map((model) => [
    plain(model.name, 40),
    plain(model.family, 20),
    parameters(model.parameters.total),
    ...(isMixture ? [parameters(model.parameters.active)] : []),
    estimated(model.bits_per_byte, loss, digits),
    noteOf(model),
  ]);
  const rest = ordered.length - shown.length;
  const more = rest > 0 ? `\n${style.dim(`  and ${rest} more: --full shows all`)}` : '';
  return (
    table(
      [
        { title: 'model', align: 'left' },
        { title: 'family', align: 'left', leaveOut: 2 },
        { title: 'parameters', align: 'right' },
        ...(isMixture ? [{ title: 'active', align: 'right' as const, leaveOut: 3 }] : []),
        { title: 'bits per byte (95%)', align: 'right' },
        { title: '', align: 'left', leaveOut: 1 },
      ],
      rows,
      { indent: '  ', heading: style.dim, width: columns },
    ) + more
  );
}

/** Copies are controls, and merges are served as one model: they are in no pool. */
function noteOf(model: ModelScore): string {
  return model.merge_of === null ? copyText(model) : `merge of ${model.merge_of.length}`;
}
