/** Methods and sizes as a table, with what its forms are. */
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Cell, Report } from '../../../../core/report/report.ts';
import { formName, meaning, rightSide } from '../../../../words/law.ts';
import { curveOf, type Scope } from '../../state/view.ts';
import { domainName } from '../../text/words.ts';
import { type MethodRow, methodRows } from './method-rows.ts';

type Show = (cell: Cell) => void;

/** @param show a method at a size, in all panels */
export function methodTable({ report, cell, domain }: Scope, show: Show): TemplateResult {
  const declared = report.sizes.some((size) => size.declared);
  const titles = [
    ...(declared ? ['Size'] : []),
    'Method',
    'Rank',
    'Against the best (95%)',
    'k (95%)',
    'Typical loss at k',
    'Chosen loss',
    'Floor L∞',
    'Form',
    'R²',
    'Rmse',
    'Merges',
  ];
  const text = new Set(['Size', 'Method', 'Form']);
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Methods">
    <table class="data-table method-table">
      <thead>
        <tr>
          ${titles.map((title) => html`<th scope="col" class=${text.has(title) ? 'text' : ''}>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${repeat(
          methodRows(report, domain),
          ({ size, method }) => `${size} ${method}`,
          (row) => rowOf(row, row.cell === cell, declared, show),
        )}
      </tbody>
    </table>
    </div>
    <div class="table-note">
      <p>
        Laws of ${domainName(report, domain)}. A method's name shows it in all panels. Against the best: typical loss
        minus that of the method of rank 1, at the k recommended for it, on the same subsets and samples; above 0 is worse.
      </p>
      ${formNotes(report, domain)}
    </div>`;
}

function rowOf(row: MethodRow, current: boolean, declared: boolean, show: Show): TemplateResult {
  return html`<tr class=${current ? 'current' : ''}>
    ${declared ? html`<td class="text"><bdi>${row.size}</bdi></td>` : nothing}
    <th scope="row" class="text">
      <button
        type="button"
        class="link"
        aria-current=${current ? 'true' : 'false'}
        title=${row.note || `Show ${row.method} in all panels`}
        @click=${() => show(row.cell)}
      >
        <bdi>${row.method}</bdi></button
      >${row.headline ? html` <span class="badge">answer</span>` : nothing}${
        row.note ? html` <span class="badge badge-quiet">no law claims</span>` : nothing
      }
    </th>
    ${[row.rank, row.againstBest, row.k, row.typical, row.chosen, row.floor].map((value) => html`<td>${value}</td>`)}
    <td class="text">${row.form}</td>
    ${[row.r2, row.rmse, row.merges].map((value) => html`<td>${value}</td>`)}
  </tr>`;
}

/** What the forms in the table are, each once. */
function formNotes(report: Report, domain: number | null): TemplateResult {
  const forms = new Set(report.cells.flatMap((cell) => curveOf(cell, domain)?.form ?? []));
  return html`<ul class="forms">
    ${[...forms].map((form) => html`<li><strong>${formName(form)}</strong> ${rightSide(form)}: ${meaning(form)}.</li>`)}
  </ul>`;
}
