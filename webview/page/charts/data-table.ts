/** A chart's numbers as a table, for keyboards and screen readers. */
import { html, type TemplateResult } from 'lit';
import type { Figure } from '../figures/figure.ts';

export function dataTable({ title, summary, table }: Figure): TemplateResult {
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${title}>
      <table class="data-table" aria-label=${title}>
        <thead>
        <tr>
          ${table.columns.map((column) => html`<th scope="col" class=${column.text ? 'text' : ''}>${column.title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${table.rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, i) =>
                i === 0
                  ? html`<th scope="row" class=${table.columns[i]?.text ? 'text' : ''}>${cell}</th>`
                  : html`<td class=${table.columns[i]?.text ? 'text' : ''}>${cell}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
    </div>
    <p class="table-note">${summary}</p>`;
}
