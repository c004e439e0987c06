import type { Planning } from '../../core/planning/planning.ts';
import { estimated } from '../../words/estimates.ts';
import { plain, plainLines } from '../../words/plain.ts';
import { costText } from '../../words/planning.ts';
import { bytes, parameters } from '../../words/units.ts';
import type { Style } from '../terminal/style.ts';
import { table, wrap } from '../terminal/table.ts';

/** What the next expert or the next size costs and buys; with the frontier of cost and loss where it is asked for. */
export function planningText(planning: Planning, style: Style, columns: number, frontier: boolean): string {
  const lines = planning.sentences.map((text) => wrap(plainLines(text), columns, '    '));
  const parts = [`  ${style.bold('Planning')}`, ...lines];
  if (frontier) parts.push('', frontierTable(planning, style, columns));
  return parts.join('\n');
}

/** Those that no other beats in both cost and loss. */
function frontierTable(planning: Planning, style: Style, width: number): string {
  const rows = planning.frontier.flatMap((index) => {
    const option = planning.options[index];
    if (!option) return [];
    const cells = [
      index === planning.best ? style.green('▸') : ' ',
      plain(option.size, 20),
      parameters(option.parameters),
      `${option.k}`,
      estimated(option.loss),
      option.measured ? 'measured' : 'law',
      costText(option),
      bytes(option.memory_bytes),
      option.allowed ? '' : 'over budget',
    ];
    return [option.allowed ? cells : cells.map((cell) => style.dim(cell))];
  });
  const titles = ['', 'size', 'parameters', 'k', 'typical loss', '', 'training', 'weights', ''];
  const right = new Set(['parameters', 'k', 'typical loss', 'training', 'weights']);
  return table(
    titles.map((title) => ({ title, align: right.has(title) ? 'right' : 'left' })),
    rows,
    { indent: '    ', heading: style.dim, width },
  );
}
