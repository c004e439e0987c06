import { html, nothing, type TemplateResult } from 'lit';
import { csv } from '../../../../words/csv.ts';
import { plain } from '../../../../words/plain.ts';
import { iconButton } from '../../controls/buttons.ts';
import { picker } from '../../controls/picker.ts';
import type { Page } from '../../page.ts';
import { unchanged } from '../../state/unchanged.ts';
import type { Scope, View } from '../../state/view.ts';
import { VECTORS, type VectorsCell, type VectorsTable, vectorsTable } from './task-vectors-view.ts';

/** Lengths and angles of the task vectors: what was there before any merge. */
export class TaskVectorsTable {
  readonly #page: Page;
  readonly #table = unchanged(vectorsTable);

  constructor(page: Page) {
    this.#page = page;
  }

  /** Nothing where they are not measured. */
  show(scope: Scope, { vectors }: View['ui']): TemplateResult | typeof nothing {
    const matrix = VECTORS.find(({ value }) => value === vectors) ?? VECTORS[0];
    const table = matrix && this.#table(scope, matrix.value);
    return table && matrix ? this.#body(scope, table, matrix) : nothing;
  }

  #body(scope: Scope, table: VectorsTable, matrix: (typeof VECTORS)[number]): TemplateResult {
    const page = this.#page;
    const of = scope.size?.declared ? plain(scope.size.name, 24) : '';
    return html`
      <h3>Task vectors <span class="muted">${of}</span></h3>
      <div class="grid-bar">
        ${picker('Between experts', VECTORS, matrix.value, (vectors) => page.store.set({ vectors }))}
        <span class="chart-buttons">
          ${iconButton('copy', 'Copy task vectors as CSV', () => {
            page.host.send({ kind: 'copy_text', text: csv(table.csv) });
            page.say('Copied as CSV.');
          })}
        </span>
      </div>
      <div class="table-scroll" tabindex="0" role="region" aria-label="Task vectors">
        <table class="data-table heat-table">
          <thead>
            <tr>
              <th scope="col" class="text">Expert</th>
              <th scope="col" title="Length of the task vector over that of the base">‖v‖/‖θ0‖</th>
              <th scope="col" title="Share of parameters that the expert leaves exactly as they are">zeros</th>
              ${table.columns.map((name) => html`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${table.rows.map(
              ({ expert, norm, zeros, cells }) =>
                html`<tr><th scope="row" class="text">${expert}</th><td>${norm}</td><td>${zeros}</td>${cells.map(vectorsCell)}</tr>`,
            )}
          </tbody>
        </table>
      </div>
      <div class="table-note">
        <p>${matrix.note} ${table.summary}</p>
        ${table.warnings.map((warning) => html`<p><strong>${warning}</strong></p>`)}
      </div>
    `;
  }
}

function vectorsCell({ text, heat, own, tip }: VectorsCell): TemplateResult {
  const classes = [heat > 0 ? `heat-good-${heat}` : heat < 0 ? `heat-bad-${-heat}` : '', own ? 'own' : ''];
  return html`<td class=${classes.filter(Boolean).join(' ')} title=${tip}>${text}</td>`;
}
