import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { cellName } from '../../../../words/cell-name.ts';
import { formName, formula } from '../../../../words/law.ts';
import { plain } from '../../../../words/plain.ts';
import { millinats } from '../../../../words/units.ts';
import { ChartFrame } from '../../charts/chart-frame.ts';
import { type Overlay, overlayFigure, overlaysOf } from '../../figures/overlay-figure.ts';
import { residualFigure } from '../../figures/residual-figure.ts';
import type { Page } from '../../page.ts';
import { unchanged } from '../../state/unchanged.ts';
import { type Scope, scopeKey, type View } from '../../state/view.ts';
import { domainName } from '../../text/words.ts';
import { PanelFrame } from '../panel-frame.ts';
import { type MethodRow, methodRows } from './method-rows.ts';

/** Methods and sizes side by side, and how well the law of the one that is looked at fits. */
export class MethodsPanel {
  readonly frame: PanelFrame;
  readonly #page: Page;
  readonly #charts: Readonly<Record<Overlay['id'], ChartFrame>>;
  readonly #residuals: ChartFrame;
  readonly #overlays = unchanged(overlaysOf);
  readonly #figures = {
    methods: unchanged(overlayFigure),
    sizes: unchanged(overlayFigure),
    residuals: unchanged(residualFigure),
  };

  constructor(page: Page) {
    this.#page = page;
    this.frame = new PanelFrame(page, 'methods');
    this.#charts = {
      methods: new ChartFrame(page, { id: 'methods', height: 'middle' }),
      sizes: new ChartFrame(page, { id: 'sizes', height: 'middle' }),
    };
    this.#residuals = new ChartFrame(page, { id: 'residuals', height: 'middle' });
  }

  update({ scope }: View): void {
    const residuals = scope && this.#figures.residuals(scope);
    if (!scope || (scope.report.cells.length < 2 && !residuals)) {
      this.frame.update('Methods', '', null);
      return;
    }
    const overlays = this.#overlays(scope.report, scope.cell);
    if (this.frame.open) {
      for (const overlay of overlays) {
        const figure = this.#figures[overlay.id](scope.report, overlay, scope.domain);
        this.#charts[overlay.id].update(figure, `${overlay.title} ${scopeKey(scope)}`);
      }
      if (residuals) this.#residuals.update(residuals, scopeKey(scope));
    }
    const several = scope.report.cells.length > 1;
    this.frame.update(
      several ? 'Methods and fit' : 'Fit',
      several
        ? 'Every method at its own recommended k, and the law that each follows'
        : 'The law that the typical subset follows, and what it misses',
      () => html`
        <div class="pair">
          ${overlays.map(
            (overlay) =>
              html`<div>
                <h3>${overlay.title}</h3>
                ${this.#charts[overlay.id].element}
              </div>`,
          )}
          ${
            residuals
              ? html`<div>
                  <h3>
                    What the law misses <span class="muted">${cellName(scope.report, scope.cell)} · ${domainName(scope.report, scope.domain)}</span>
                  </h3>
                  ${this.#residuals.element}
                </div>`
              : nothing
          }
          ${several ? nothing : lawCard(scope)}
        </div>
        ${several ? this.#table(scope) : nothing}
      `,
    );
  }

  #table({ report, cell, domain }: Scope): TemplateResult {
    const declared = report.sizes.some((size) => size.declared);
    const titles = [
      ...(declared ? ['Size'] : []),
      'Method',
      'Rank',
      'k (95%)',
      'Typical loss at k',
      'Chosen loss',
      'Floor L∞',
      'A',
      'Shape',
      'Form',
      'R²',
      'Rmse',
      'Merges',
    ];
    const text = new Set(['Size', 'Method', 'Shape', 'Form']);
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
            (row) => this.#row(row, row.cell === cell, declared),
          )}
        </tbody>
      </table>
      </div>
      <p class="table-note">Laws of ${domainName(report, domain)}. A method's name shows it in all panels.</p>`;
  }

  #row(row: MethodRow, current: boolean, declared: boolean): TemplateResult {
    return html`<tr class=${current ? 'current' : ''}>
      ${declared ? html`<td class="text"><bdi>${row.size}</bdi></td>` : nothing}
      <th scope="row" class="text">
        <button
          type="button"
          class="link"
          aria-current=${current ? 'true' : 'false'}
          title=${row.note || `Show ${row.method} in all panels`}
          @click=${() => this.#page.store.set({ cell: { size: row.cell.size, label: row.cell.label } })}
        >
          <bdi>${row.method}</bdi></button
        >${row.headline ? html` <span class="badge">answer</span>` : nothing}${
          row.note ? html` <span class="badge badge-quiet">no law claims</span>` : nothing
        }
      </th>
      ${[row.rank, row.k, row.typical, row.chosen, row.floor, row.A].map((value) => html`<td>${value}</td>`)}
      <td class="text">${row.shape}</td>
      <td class="text">${row.form}</td>
      ${[row.r2, row.rmse, row.merges].map((value) => html`<td>${value}</td>`)}
    </tr>`;
  }
}

/** The law of the only cell: its formula, its parameters, and how its rivals fare. */
function lawCard({ report, curve, domain }: Scope): TemplateResult | typeof nothing {
  const row = methodRows(report, domain)[0];
  if (!curve || curve.form === null || !row) return nothing;
  const rows: (readonly [string, string])[] = [
    ['Law', formula(curve.form)],
    ['Floor L∞', row.floor],
    ['A', row.A],
    ...(row.shape === '–' ? [] : [['Shape', row.shape] as const]),
    ['R²', row.r2],
    ['Rmse', row.rmse],
  ];
  return html`<div>
    <h3>The law <span class="muted">form: ${formName(curve.form)}</span></h3>
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
                        <dt>${formName(form)}${form === curve.form ? html` <span class="badge">used</span>` : nothing}</dt>
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
