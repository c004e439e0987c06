import { html, nothing } from 'lit';
import { cellName } from '../../../../words/cell-name.ts';
import { ChartFrame } from '../../charts/chart-frame.ts';
import { differenceFigure } from '../../figures/difference-figure.ts';
import { type Overlay, overlayFigure, overlaysOf } from '../../figures/overlay-figure.ts';
import { residualFigure, throughAllText } from '../../figures/residual-figure.ts';
import { isoFigure } from '../../figures/sizes/iso-figure.ts';
import { sizeFigure } from '../../figures/sizes/size-figure.ts';
import { threePointFigure, threePointText } from '../../figures/study/three-point-figure.ts';
import type { Page } from '../../page.ts';
import { unchanged } from '../../state/unchanged.ts';
import { scopeKey, type View } from '../../state/view.ts';
import { domainName } from '../../text/words.ts';
import { PanelFrame } from '../panel-frame.ts';
import { noteOf, ShownChart } from '../shown-chart.ts';
import { lawCard } from './law-card.ts';
import { methodTable } from './method-table.ts';
import { sizesCard } from './sizes-card.ts';

/** Methods and sizes side by side, and how well the law of the one that is looked at fits. */
export class MethodsPanel {
  readonly frame: PanelFrame;
  readonly #page: Page;
  readonly #charts: Readonly<Record<Overlay['id'], ChartFrame>>;
  readonly #differences: ChartFrame;
  readonly #residuals: ChartFrame;
  readonly #bySize: ShownChart;
  readonly #isoLoss: ShownChart;
  readonly #threePoint: ShownChart;
  readonly #overlays = unchanged(overlaysOf);
  readonly #figures = {
    methods: unchanged(overlayFigure),
    sizes: unchanged(overlayFigure),
    differences: unchanged(differenceFigure),
    residuals: unchanged(residualFigure),
  };

  constructor(page: Page) {
    this.#page = page;
    this.frame = new PanelFrame(page, 'methods');
    this.#charts = {
      methods: new ChartFrame(page, { id: 'methods', height: 'middle' }),
      sizes: new ChartFrame(page, { id: 'sizes', height: 'middle' }),
    };
    this.#bySize = new ShownChart(page, { id: 'by-size', height: 'middle' }, sizeFigure);
    this.#isoLoss = new ShownChart(page, { id: 'iso-loss', height: 'middle' }, isoFigure);
    this.#threePoint = new ShownChart(page, { id: 'three-point', height: 'middle' }, threePointFigure);
    this.#differences = new ChartFrame(page, { id: 'differences', height: 'middle' });
    this.#residuals = new ChartFrame(page, { id: 'residuals', height: 'middle' });
  }

  update({ scope }: View): void {
    const residuals = scope && this.#figures.residuals(scope);
    if (!scope || (scope.report.cells.length < 2 && !residuals)) {
      this.frame.update('Methods', '', null);
      return;
    }
    const throughAll = residuals && throughAllText(residuals);
    const overlays = this.#overlays(scope.report, scope.cell);
    const differences = this.#figures.differences(scope.report, scope.cell.size);
    if (this.frame.open) {
      for (const overlay of overlays) {
        const figure = this.#figures[overlay.id](scope.report, overlay, scope.domain);
        this.#charts[overlay.id].update(figure, `${overlay.title} ${scopeKey(scope)}`);
      }
      if (differences) this.#differences.update(differences, scopeKey({ ...scope, domain: null }));
      if (residuals && !throughAll) this.#residuals.update(residuals, scopeKey(scope));
    }
    const [cell, domain] = [cellName(scope.report, scope.cell), domainName(scope.report, scope.domain)];
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
                <h3>${overlay.title} <span class="muted">${domainName(scope.report, scope.domain)}</span></h3>
                ${this.#charts[overlay.id].element}
              </div>`,
          )}
          ${this.#bySize.show('Loss by model size', domain, scope)} ${this.#isoLoss.show('Sizes and k of the same loss', domain, scope)}
          ${sizesCard(scope)}
          ${
            differences
              ? html`<div>
                  <h3>
                    Against the best method <span class="muted">${domainName(scope.report, null)}, on the same subsets</span>
                  </h3>
                  ${this.#differences.element}
                </div>`
              : nothing
          }
          ${
            residuals
              ? html`<div>
                  <h3>
                    What the law misses <span class="muted">${cellName(scope.report, scope.cell)} · ${domainName(scope.report, scope.domain)}</span>
                  </h3>
                  ${throughAll ? noteOf(throughAll) : this.#residuals.element}
                </div>`
              : nothing
          }
          ${lawCard(scope)}
          ${this.#threePoint.show('What three small merges foretell', `${cell} · ${domain}`, scope, noteOf(threePointText(scope)))}
        </div>
        ${several ? methodTable(scope, ({ size, label }) => this.#page.store.set({ cell: { size, label } })) : nothing}
      `,
    );
  }
}
