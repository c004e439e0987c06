import { html, nothing, type TemplateResult } from 'lit';
import { cellName } from '../../../../words/cell-name.ts';
import { csv } from '../../../../words/csv.ts';
import { wholePoolNote } from '../../../../words/goals.ts';
import { iconButton } from '../../controls/buttons.ts';
import { picker } from '../../controls/picker.ts';
import {
  transferAbout,
  transferChangeFigure,
  transferLossFigure,
} from '../../figures/study/transfer-figure.ts';
import type { Page } from '../../page.ts';
import { unchanged } from '../../state/unchanged.ts';
import type { Scope, View } from '../../state/view.ts';
import { PanelFrame } from '../panel-frame.ts';
import { noteOf, ShownChart } from '../shown-chart.ts';
import { MATRICES, type Matrix, type SynergyCell, type SynergyTable, synergyTable } from './synergy-view.ts';
import { TaskVectorsTable } from './task-vectors.ts';

/** Who helps whom: donors against domains, and what others dilute and transfer. */
export class SynergyPanel {
  readonly frame: PanelFrame;
  readonly #page: Page;
  readonly #table = unchanged(synergyTable);
  readonly #vectors: TaskVectorsTable;
  readonly #losses: ShownChart;
  readonly #changes: ShownChart;

  constructor(page: Page) {
    this.#page = page;
    this.frame = new PanelFrame(page, 'synergy');
    this.#vectors = new TaskVectorsTable(page);
    this.#losses = new ShownChart(page, { id: 'transfer', height: 'middle' }, transferLossFigure);
    this.#changes = new ShownChart(page, { id: 'transfer-change', height: 'middle' }, transferChangeFigure);
  }

  update({ scope, ui }: View): void {
    const asked = MATRICES.find(({ value }) => value === ui.synergy) ?? MATRICES[0];
    // Few merges may show some gains only.
    const order = asked ? [asked, ...MATRICES] : MATRICES;
    const matrix = scope ? (order.find(({ value }) => this.#table(scope, value)) ?? asked) : asked;
    const table = scope && matrix && this.#table(scope, matrix.value);
    if (!scope || !matrix || (!table && !scope.size?.geometry)) {
      this.frame.update('Synergy', '', null);
      return;
    }
    this.frame.update(
      'Synergy',
      table
        ? `What each expert gives to each domain · ${cellName(scope.report, scope.cell)}`
        : 'How the experts lie to each other before any merge',
      () => html`${table ? this.#body(scope, table, matrix) : nothing}${this.#vectors.show(scope, ui)}`,
    );
  }

  #body(scope: Scope, table: SynergyTable, matrix: (typeof MATRICES)[number]): TemplateResult {
    const page = this.#page;
    const about = transferAbout(scope);
    return html`
      <div class="grid-bar">
        ${picker('Gain', MATRICES, matrix.value, (value) => page.store.set({ synergy: value as Matrix }))}
        <span class="chart-buttons">
          ${iconButton('copy', 'Copy as CSV', () => {
            page.host.send({ kind: 'copy_text', text: csv(table.csv) });
            page.say('Copied as CSV.');
          })}
        </span>
      </div>
      <div class="table-scroll" tabindex="0" role="region" aria-label="Donors against domains">
        <table class="data-table heat-table">
          <thead>
            <tr>
              <th scope="col" class="text">Donor</th>
              ${table.columns.map((name) => html`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${table.rows.map(
              ({ donor, cells }) =>
                html`<tr><th scope="row" class="text">${donor}</th>${cells.map(heatCell)}</tr>`,
            )}
          </tbody>
        </table>
      </div>
      <div class="table-note">
        <p>${matrix.note} Gains in nats per token of ${cellName(scope.report, scope.cell)}: above 0 helps.
          Blue helps, orange lags; coloured and <strong>bold</strong>: surely not zero. Framed: the domain's own expert.</p>
        <p>${table.summary} ${wholePoolNote(scope.report)}</p>
      </div>
      <div class="pair">
        ${this.#losses.show('Loss on a domain, with its own expert and without', about, scope)}
        ${this.#changes.show('Dilution and transfer', about, scope, noteOf(wholePoolNote(scope.report)))}
      </div>
    `;
  }
}

function heatCell({ text, heat, sure, own, tip }: SynergyCell): TemplateResult {
  const classes = [
    heat > 0 ? `heat-good-${heat}` : heat < 0 ? `heat-bad-${-heat}` : '',
    sure ? 'sure' : 'unsure',
    own ? 'own' : '',
  ];
  return html`<td class=${classes.filter(Boolean).join(' ')} title=${tip}>${text}</td>`;
}
