/** Titles of the columns; those that can be sorted by are buttons. */
import type { SortColumn } from '../../merges/arrange.ts';
import type { GridContent } from './grid-content.ts';
import type { SubsetColumn } from './subset-columns.ts';

/** Pixels. */
export const HEAD_HEIGHT = 30;

export class GridHead {
  readonly element = document.createElement('div');
  readonly #onSort: (by: SortColumn) => void;
  #columns: readonly SubsetColumn[] | null = null;

  constructor(onSort: (by: SortColumn) => void) {
    this.#onSort = onSort;
    this.element.className = 'grid-row grid-head';
    this.element.setAttribute('role', 'row');
    this.element.setAttribute('aria-rowindex', '1');
    this.element.addEventListener('keydown', (event) => this.#key(event));
  }

  update({ columns, sort }: GridContent): void {
    if (this.#columns !== columns) this.#setColumns(columns);
    for (const [i, cell] of [...this.element.children].entries()) {
      const by = columns[i]?.sort;
      if (by === null || by === undefined) continue;
      cell.setAttribute('aria-sort', by !== sort.by ? 'none' : sort.descending ? 'descending' : 'ascending');
      // One stop for Tab; arrows go on from it.
      cell.querySelector('button')?.setAttribute('tabindex', by === sort.by ? '0' : '-1');
    }
  }

  #setColumns(columns: readonly SubsetColumn[]): void {
    this.#columns = columns;
    this.element.replaceChildren(
      ...columns.map((column, i) => {
        const cell = document.createElement('div');
        cell.className = `grid-cell ${column.kind}`;
        cell.setAttribute('role', 'columnheader');
        cell.setAttribute('aria-colindex', `${i + 1}`);
        const { sort } = column;
        if (sort === null) {
          cell.textContent = column.title;
          return cell;
        }
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'grid-sort';
        button.title = `Sort by ${column.title}`;
        button.textContent = column.title;
        button.addEventListener('click', () => this.#onSort(sort));
        cell.append(button);
        return cell;
      }),
    );
  }

  #key(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    const buttons = [...this.element.querySelectorAll('button')];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus();
    event.preventDefault();
  }
}
