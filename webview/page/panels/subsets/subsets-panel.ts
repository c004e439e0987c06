import { html, nothing, type TemplateResult } from 'lit';
import { cellName } from '../../../../words/cell-name.ts';
import { count, counted, loss } from '../../../../words/numbers.ts';
import { nameList } from '../../../../words/plain.ts';
import { iconButton } from '../../controls/buttons.ts';
import { arrange, type MergeSort, type SortColumn } from '../../merges/arrange.ts';
import { lossAt, membersOf, seedAt, subsetSizes } from '../../merges/columns.ts';
import { filterOf, isFiltered } from '../../merges/set-filter.ts';
import type { Page } from '../../page.ts';
import { pick, pickedRow } from '../../state/picked.ts';
import type { Picked, SubsetsUi } from '../../state/ui-state.ts';
import { unchanged } from '../../state/unchanged.ts';
import type { Scope, View } from '../../state/view.ts';
import { mergeActions } from '../merge-actions.ts';
import { PanelFrame } from '../panel-frame.ts';
import { mergesCsv } from './merges-csv.ts';
import { printedMerges } from './printed-merges.ts';
import { type SubsetColumn, subsetColumns } from './subset-columns.ts';
import { subsetFilters } from './subset-filters.ts';
import { SubsetGrid } from './subset-grid.ts';

/** Every measured merge as a table; the picked one is ringed in the curve. */
export class SubsetsPanel {
  readonly frame: PanelFrame;
  readonly #page: Page;
  readonly #grid: SubsetGrid;
  #scope: Scope | null = null;
  #rows: Uint32Array = new Uint32Array();
  /** The pick that the table has been told of. */
  #picked: Picked | null;
  /** Where a pick comes from the table, the table need not scroll. */
  #pickedHere = false;
  /** The same array while they are the same columns: a title that has the focus keeps it when results arrive. */
  #columns: readonly SubsetColumn[] = [];
  readonly #arranged = unchanged(arrangedRows);

  constructor(page: Page) {
    this.#page = page;
    this.#picked = page.ui.subsets.picked;
    this.frame = new PanelFrame(page, 'subsets');
    this.#grid = new SubsetGrid(
      {
        onSort: (by) => this.#sort(by),
        onPick: (row) => {
          this.#pickedHere = true;
          if (this.#scope) page.store.setSubsets({ picked: pick(this.#scope, row) });
        },
        onCopy: (row) => {
          if (this.#scope) this.#copy(this.#scope, [row], 'Row copied as CSV.');
        },
        onScroll: (offset) => page.store.remember({ subsets: { ...page.ui.subsets, scroll: offset } }),
      },
      page.ui.subsets.scroll,
    );
  }

  update({ state, scope, ui }: View): void {
    this.#scope = scope;
    if (!scope || scope.cell.merges.count === 0) {
      this.frame.update('Subsets', '', null);
      return;
    }
    const { report, cell } = scope;
    const picked = pickedRow(scope, ui.subsets.picked);
    if (this.frame.open) {
      const { has, hasNot, k, atMost, sort } = ui.subsets;
      this.#rows = this.#arranged(scope, has, hasNot, k, atMost, sort);
      const columns = subsetColumns(scope);
      if (JSON.stringify(columns) !== JSON.stringify(this.#columns)) this.#columns = columns;
      this.#grid.update({
        scope,
        columns: this.#columns,
        rows: this.#rows,
        sort: sortOf(scope, sort),
        picked,
      });
    }
    this.frame.update('Subsets', `${counted(cell.merges.count, 'merge')} · ${cellName(report, cell)}`, () =>
      this.#body(scope, state, ui.subsets, picked),
    );
    if (ui.subsets.picked !== this.#picked && picked !== null && !this.#pickedHere) this.#grid.reveal(picked);
    this.#picked = ui.subsets.picked;
    this.#pickedHere = false;
  }

  #body(scope: Scope, state: View['state'], ui: SubsetsUi, picked: number | null): TemplateResult {
    const ks = [...new Set(subsetSizes(scope.cell.merges))].sort((a, b) => a - b);
    return html`
      ${subsetFilters(scope.report.pool, ks, ui, (patch) => this.#page.store.setSubsets(patch))}
      <div class="grid-bar">
        <span aria-live="polite"
          >${isFiltered(ui) ? `${count(this.#rows.length)} of ${counted(scope.cell.merges.count, 'merge')}` : counted(scope.cell.merges.count, 'merge')}</span
        >
        <span class="chart-buttons">
          ${iconButton('copy', 'Copy as CSV', () => this.#copy(scope, this.#rows, 'Copied as CSV.'))}
          ${iconButton('save', 'Save as CSV', () =>
            this.#page.host.send({
              kind: 'save',
              name: this.#page.fileName('merges.csv'),
              type: 'csv',
              data: mergesCsv(scope, this.#rows),
            }),
          )}
        </span>
      </div>
      ${this.#rows.length === 0 ? html`<p class="nothing">No merge is like this. <span class="muted">Clear a filter to see more.</span></p>` : nothing}
      <div ?hidden=${this.#rows.length === 0}>${this.#grid.element}</div>
      ${printedMerges(scope, this.#rows)}
      ${this.#pickedBar(scope, state, picked)}
    `;
  }

  #pickedBar(scope: Scope, state: View['state'], row: number | null): TemplateResult {
    if (row === null)
      return html`<div class="picked picked-none">Pick a row, or a dot in the curve, to see it in both.</div>`;
    const { report, cell } = scope;
    const members = membersOf(cell.merges, row);
    const seed = seedAt(cell.merges, row);
    return html`<div class="picked">
      <p>
        <strong>k = ${members.length}, loss ${loss(lossAt(cell.merges, row, null), 4)}</strong>
        <bdi>${nameList(members.map((d) => report.pool[d] ?? ''))}</bdi>${seed === null ? nothing : html` <span class="muted">seed ${seed}</span>`}
        <button type="button" class="link" @click=${() => this.#page.store.setSubsets({ picked: null })}>Clear</button>
      </p>
      ${mergeActions(this.#page, state, { size: cell.size, method: cell.method, members, seed }, false)}
    </div>`;
  }

  #sort(by: SortColumn): void {
    if (!this.#scope) return;
    const { sort } = this.#page.ui.subsets;
    const now = sortOf(this.#scope, sort);
    const descending = now.by === by ? !now.descending : false;
    const name = typeof by === 'number' ? { domain: this.#scope.report.domains[by]?.name ?? '' } : by;
    this.#page.store.setSubsets({ sort: { by: name, descending } });
  }

  #copy(scope: Scope, rows: Iterable<number>, said: string): void {
    this.#page.host.send({ kind: 'copy_text', text: mergesCsv(scope, rows) });
    this.#page.say(said);
  }
}

function arrangedRows(
  scope: Scope,
  has: SubsetsUi['has'],
  hasNot: SubsetsUi['hasNot'],
  k: SubsetsUi['k'],
  atMost: SubsetsUi['atMost'],
  sort: SubsetsUi['sort'],
): Uint32Array {
  const { pool } = scope.report;
  const filter = filterOf(pool, { has, hasNot, k, atMost });
  return arrange(scope.cell.merges, filter, sortOf(scope, sort));
}

/** A domain that is not there any more: by loss. */
function sortOf({ report }: Scope, { by, descending }: SubsetsUi['sort']): MergeSort {
  if (typeof by !== 'object') return { by, descending };
  const domain = report.domains.findIndex(({ name }) => name === by.domain);
  return domain < 0 ? { by: 'objective', descending: false } : { by: domain, descending };
}
