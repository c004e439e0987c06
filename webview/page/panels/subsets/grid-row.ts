/** One merge as a row of the grid. */

import { loss } from '../../../../words/numbers.ts';
import { nameList, plain } from '../../../../words/plain.ts';
import { lossAt, membersOf, seedAt, subsetSizes } from '../../merges/columns.ts';
import type { GridContent } from './grid-content.ts';
import { membershipStrip, WIDEST_STRIP } from './membership.ts';

/** Pixels. */
export const ROW_HEIGHT = 26;

/** @param at its place in the order shown */
export function gridRow({ scope, columns, rows }: GridContent, at: number): HTMLElement {
  const { report, cell } = scope;
  const { merges } = cell;
  const row = rows[at] ?? 0;
  const element = document.createElement('div');
  element.id = `merge-${at}`;
  element.className = 'grid-row';
  element.dataset['at'] = `${at}`;
  element.setAttribute('role', 'row');
  element.setAttribute('aria-rowindex', `${at + 2}`);
  for (const [i, column] of columns.entries()) {
    const place = document.createElement('div');
    place.className = `grid-cell ${column.kind}`;
    place.setAttribute('role', 'gridcell');
    place.setAttribute('aria-colindex', `${i + 1}`);
    if (column.kind === 'experts') {
      const members = membersOf(merges, row);
      if (report.pool.length <= WIDEST_STRIP) place.append(membershipStrip(report.pool.length, members));
      const names = document.createElement('bdi');
      names.textContent = members.map((d) => plain(report.pool[d] ?? '', 40)).join(', ');
      place.title = nameList(members.map((d) => report.pool[d] ?? ''));
      place.append(names);
    } else if (column.sort === 'k') place.textContent = `${subsetSizes(merges)[row]}`;
    else if (column.sort === 'seed') place.textContent = `${seedAt(merges, row) ?? ''}`;
    else
      place.textContent = loss(lossAt(merges, row, typeof column.sort === 'number' ? column.sort : null), 4);
    element.append(place);
  }
  return element;
}
