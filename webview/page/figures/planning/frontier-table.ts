import type { Planning } from '../../../../core/planning/planning.ts';
import { estimated } from '../../../../words/estimates.ts';
import { plain } from '../../../../words/plain.ts';
import { costText } from '../../../../words/planning.ts';
import { bytes, parameters } from '../../../../words/units.ts';
import type { FigureTable } from '../figure.ts';

/** Every option, with what it costs and whether the budget allows it. */
export function frontierTable({ options, frontier, best, cheapest }: Planning): FigureTable {
  const notes = (i: number) =>
    [
      i === best ? 'lowest allowed' : '',
      i === cheapest ? 'cheapest for the target' : '',
      frontier.includes(i) ? 'on the frontier' : '',
    ].filter(Boolean);
  return {
    columns: [
      { title: 'Size', text: true },
      { title: 'k' },
      { title: 'Typical loss' },
      { title: 'Measured', text: true },
      { title: 'Training' },
      { title: 'Weights' },
      { title: 'Within the budget', text: true },
      { title: 'Note', text: true },
    ],
    rows: options.map((option, i) => [
      `${plain(option.size, 24)} (${parameters(option.parameters)})`,
      option.k === 0 ? 'base' : `${option.k}`,
      estimated(option.loss),
      option.measured ? 'yes' : 'by the law',
      costText(option),
      bytes(option.memory_bytes),
      option.allowed ? 'yes' : 'no',
      notes(i).join(', '),
    ]),
    csv: {
      columns: [
        ...['size', 'parameters', 'k', 'loss', 'low', 'high', 'measured'],
        ...['expert_billions', 'gpu_hours', 'memory_bytes', 'allowed', 'frontier'],
      ],
      rows: options.map((option, i) => [
        ...[option.size, option.parameters, option.k, option.loss.value, option.loss.low, option.loss.high],
        ...[option.measured ? 'yes' : 'no', option.expert_billions, option.gpu_hours, option.memory_bytes],
        ...[option.allowed ? 'yes' : 'no', frontier.includes(i) ? 'yes' : 'no'],
      ]),
    },
  };
}
