import { html, nothing, type TemplateResult } from 'lit';
import { cellName } from '../../../../words/cell-name.ts';
import { formName, formula, meaning, rightSide } from '../../../../words/law.ts';
import { plain } from '../../../../words/plain.ts';
import { millinats } from '../../../../words/units.ts';
import type { Scope } from '../../state/view.ts';
import { domainName } from '../../text/words.ts';
import { methodRows } from './method-rows.ts';

/** The law of the cell that is looked at: its formula, its parameters, and how its rivals fare. */
export function lawCard({ report, cell, curve, domain }: Scope): TemplateResult | typeof nothing {
  const row = methodRows(report, domain).find((one) => one.cell === cell);
  if (!curve || curve.form === null || !row) return nothing;
  const rows: (readonly [string, string])[] = [
    ['Law', formula(curve.form)],
    ['Form', `${formName(curve.form)}: ${meaning(curve.form)}`],
    ['Floor L∞', row.floor],
    ['A', row.A],
    ...(row.shape === '–' ? [] : [['Shape', row.shape] as const]),
    ['R²', row.r2],
    ['Rmse', row.rmse],
  ];
  return html`<div>
    <h3>The law <span class="muted">${cellName(report, cell)} · ${domainName(report, domain)}</span></h3>
    <dl class="law">
      ${rows.map(([what, value]) => html`<div><dt>${what}</dt><dd>${value}</dd></div>`)}
    </dl>
    ${
      curve.forms.some(({ backtest }) => backtest !== null)
        ? html`<h4>Forecasting later k from earlier ones, each form misses by</h4>
            <dl class="law">
              ${curve.forms.flatMap(({ form, backtest }) =>
                backtest === null
                  ? []
                  : [
                      html`<div>
                        <dt title=${meaning(form)}>
                          ${formName(form)} <span class="form-formula">${rightSide(form)}</span>${form === curve.form ? html` <span class="badge">used</span>` : nothing}
                        </dt>
                        <dd>${millinats(backtest)}</dd>
                      </div>`,
                    ],
              )}
            </dl>`
        : nothing
    }
    ${curve.interval_method ? html`<p class="fine-print">Intervals: ${plain(curve.interval_method, 300)}.</p>` : nothing}
  </div>`;
}
