/** The laws that were held against each other, the best forecast first. */
import { html, nothing, type TemplateResult } from 'lit';
import type { EnsembleStudy, PoolLaw } from '../../../../core/ensemble/types.ts';
import { loss } from '../../../../words/numbers.ts';
import { floorText, poolFormName, poolFormula } from '../../../../words/pool-law.ts';

export function formTable({ typical, envelope }: EnsembleStudy): TemplateResult | typeof nothing {
  if (typical.forms.length + envelope.forms.length === 0) return nothing;
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Laws of pools">
      <table class="data-table">
        <thead>
          <tr>
            ${['Pools', 'Law', 'Formula'].map((title) => html`<th scope="col" class="text">${title}</th>`)}
            ${['Floor (95%)', 'Misses by', 'Rmse'].map((title) => html`<th scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows('typical', typical)} ${rows('best', envelope)}
        </tbody>
      </table>
    </div>
    <p class="table-note">
      P is the parameters of all models together, in billions; k is their number. Misses by: root mean square over budgets
      beyond those fitted, bits per byte. A law that misses a point by more than its error does not fit.
    </p>`;
}

function rows(of: string, { forms }: PoolLaw): TemplateResult[] {
  return forms.map(
    (fit) =>
      html`<tr>
        <th scope="row" class="text">${of}</th>
        <td class="text">${poolFormName(fit.form)}</td>
        <td class="text">${poolFormula(fit)}</td>
        <td>${floorText(fit)}</td>
        <td>${loss(fit.held_out, 4)}</td>
        <td>${loss(fit.rmse, 4)}</td>
      </tr>`,
  );
}
