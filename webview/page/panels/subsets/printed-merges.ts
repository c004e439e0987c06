/** On paper, where nothing scrolls: the first merges of the table as it is sorted and filtered. */
import { html, nothing, type TemplateResult } from 'lit';
import { counted, loss } from '../../../../words/numbers.ts';
import { nameList } from '../../../../words/plain.ts';
import { lossAt, membersOf, seedAt } from '../../merges/columns.ts';
import type { Scope } from '../../state/view.ts';

const MOST = 25;

export function printedMerges(
  { report, cell: { merges, seeds } }: Scope,
  rows: Uint32Array,
): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing;
  const seeded = seeds.length > 1;
  return html`<div class="on-paper">
    <table class="data-table">
      <thead>
        <tr>
          <th scope="col">k</th>
          <th scope="col">Loss</th>
          ${seeded ? html`<th scope="col">Seed</th>` : nothing}
          <th scope="col" class="text">Experts</th>
        </tr>
      </thead>
      <tbody>
        ${[...rows.subarray(0, MOST)].map((row) => {
          const members = membersOf(merges, row);
          return html`<tr>
            <td>${members.length}</td>
            <td>${loss(lossAt(merges, row, null), 4)}</td>
            ${seeded ? html`<td>${seedAt(merges, row)}</td>` : nothing}
            <td class="text"><bdi>${nameList(members.map((d) => report.pool[d] ?? ''))}</bdi></td>
          </tr>`;
        })}
      </tbody>
    </table>
    ${rows.length > MOST ? html`<p class="table-note">The first ${MOST} of ${counted(rows.length, 'merge')}.</p>` : nothing}
  </div>`;
}
