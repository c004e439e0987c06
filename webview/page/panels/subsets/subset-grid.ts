/**
 * The merges as a grid: only rows near the window exist, so that 65,535 scroll smoothly. The keyboard moves a cursor
 * through the rows; Enter picks the row that it is on.
 */
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { SortColumn } from '../../merges/arrange.ts';
import { lossAt, membersOf, seedAt, subsetSizes } from '../../merges/columns.ts';
import type { Scope } from '../../state/view.ts';
import { nameList, plain } from '../../text/names.ts';
import { loss } from '../../text/numbers.ts';
import { type Arranged, findAgain } from './find-again.ts';
import { membershipStrip, WIDEST_STRIP } from './membership.ts';
import type { SubsetColumn } from './subset-columns.ts';

const ROW_HEIGHT = 26;
const HEAD_HEIGHT = 30;
const TALLEST = 374;

export interface GridContent {
  readonly scope: Scope;
  readonly columns: readonly SubsetColumn[];
  /** Rows of the merge table in the order to show. */
  readonly rows: Uint32Array;
  readonly sort: { readonly by: SortColumn; readonly descending: boolean };
  /** Row of the merge table. */
  readonly picked: number | null;
}

export interface GridEvents {
  readonly onSort: (by: SortColumn) => void;
  readonly onPick: (row: number) => void;
  readonly onScroll: (offset: number) => void;
}

export class SubsetGrid {
  readonly element = document.createElement('div');
  readonly #head = document.createElement('div');
  readonly #body = document.createElement('div');
  readonly #window = document.createElement('div');
  readonly #events: GridEvents;
  readonly #virtual: Virtualizer<HTMLElement, HTMLElement>;
  #content: GridContent | null = null;
  #columns: readonly SubsetColumn[] | null = null;
  /** Rows that exist, by place: an element under the pointer stays the same while nothing in it changes. */
  #existing = new Map<number, HTMLElement>();
  /** Place in the order shown; −1 before the keyboard or a pick has set it. */
  #cursor = -1;

  constructor(events: GridEvents, offset: number) {
    this.#events = events;
    this.element.className = 'grid';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'grid');
    this.element.setAttribute('aria-label', 'Merges');
    this.#head.className = 'grid-row grid-head';
    this.#head.setAttribute('role', 'row');
    this.#head.setAttribute('aria-rowindex', '1');
    this.#body.className = 'grid-body';
    this.#body.setAttribute('role', 'rowgroup');
    this.#window.className = 'grid-window';
    this.#window.setAttribute('role', 'presentation');
    this.#body.append(this.#window);
    this.element.append(this.#head, this.#body);
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.#head.addEventListener('keydown', (event) => this.#headKey(event));
    this.#body.addEventListener('click', (event) => this.#click(event));
    this.element.addEventListener('scroll', () => this.#events.onScroll(this.element.scrollTop), {
      passive: true,
    });
    this.#virtual = new Virtualizer<HTMLElement, HTMLElement>({
      count: 0,
      getScrollElement: () => this.element,
      estimateSize: () => ROW_HEIGHT,
      overscan: 10,
      paddingStart: HEAD_HEIGHT,
      scrollPaddingStart: HEAD_HEIGHT,
      initialOffset: offset,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.#draw(),
    });
    this.#virtual._didMount();
  }

  update(content: GridContent): void {
    const before = this.#content;
    this.#content = content;
    const moved = before ? this.#follow(before, content) : 0;
    if (this.#columns !== content.columns) this.#setColumns(content);
    this.#markSort(content);
    this.element.setAttribute('aria-rowcount', `${content.rows.length + 1}`);
    // By all merges, not by those that a filter leaves: what is below must not jump.
    const { count } = content.scope.cell.merges;
    this.element.style.height = `min(${TALLEST}px, ${HEAD_HEIGHT + count * ROW_HEIGHT + 18}px)`;
    this.#virtual.setOptions({ ...this.#virtual.options, count: content.rows.length });
    this.#virtual._willUpdate();
    if (before?.rows !== content.rows || before.columns !== content.columns) this.#existing.clear();
    if (this.#cursor < 0 && content.picked !== null) this.#cursor = content.rows.indexOf(content.picked);
    this.#draw();
    if (moved !== 0) this.element.scrollTop += moved;
  }

  /**
   * The cursor stays on its merge. Where results arrive in an order that stays the same, so does what is seen.
   * @returns pixels to scroll for that
   */
  #follow(before: GridContent, now: GridContent): number {
    if (before.rows === now.rows) return 0;
    const [was, is] = [arrangedIn(before), arrangedIn(now)];
    if (this.#cursor >= 0) this.#cursor = findAgain(was, this.#cursor, is);
    const { scrollTop } = this.element;
    const sameOrder = before.sort.by === now.sort.by && before.sort.descending === now.sort.descending;
    if (scrollTop === 0 || !sameOrder || was.merges === is.merges) return 0;
    const top = Math.floor(scrollTop / ROW_HEIGHT);
    const again = findAgain(was, top, is);
    return again < 0 ? 0 : (again - top) * ROW_HEIGHT;
  }

  /** Scrolls to a row that was picked elsewhere. */
  reveal(row: number): void {
    const at = this.#content?.rows.indexOf(row) ?? -1;
    if (at < 0) return;
    this.#cursor = at;
    this.#virtual.scrollToIndex(at, { align: 'center' });
    this.#draw();
  }

  #setColumns({ columns }: GridContent): void {
    this.#columns = columns;
    this.element.setAttribute('aria-colcount', `${columns.length}`);
    const tracks = columns.map(({ width, kind }) =>
      kind === 'experts' ? `minmax(${width}px, 1fr)` : `${width}px`,
    );
    this.element.style.setProperty('--columns', tracks.join(' '));
    this.element.style.setProperty('--row', `${columns.reduce((sum, { width }) => sum + width, 0)}px`);
    this.#head.replaceChildren(
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
        button.addEventListener('click', () => this.#events.onSort(sort));
        cell.append(button);
        return cell;
      }),
    );
  }

  #markSort({ columns, sort }: GridContent): void {
    for (const [i, cell] of [...this.#head.children].entries()) {
      const by = columns[i]?.sort;
      if (by === null || by === undefined) continue;
      cell.setAttribute('aria-sort', by !== sort.by ? 'none' : sort.descending ? 'descending' : 'ascending');
      // One stop for Tab; arrows go on from it.
      cell.querySelector('button')?.setAttribute('tabindex', by === sort.by ? '0' : '-1');
    }
  }

  #draw(): void {
    const content = this.#content;
    if (!content) return;
    const items = this.#virtual.getVirtualItems();
    this.#body.style.height = `${content.rows.length * ROW_HEIGHT}px`;
    this.#window.style.transform = `translateY(${(items[0]?.start ?? HEAD_HEIGHT) - HEAD_HEIGHT}px)`;
    const existing = new Map(
      items.map(({ index }) => [index, this.#existing.get(index) ?? this.#row(content, index)] as const),
    );
    this.#existing = existing;
    for (const [at, element] of existing) {
      element.classList.toggle('cursor', at === this.#cursor);
      element.setAttribute('aria-selected', `${content.rows[at] === content.picked}`);
    }
    const elements = [...existing.values()];
    if (
      elements.some((element, i) => element !== this.#window.children[i]) ||
      elements.length !== this.#window.children.length
    )
      this.#window.replaceChildren(...elements);
    const active = items.some(({ index }) => index === this.#cursor);
    if (active) this.element.setAttribute('aria-activedescendant', `merge-${this.#cursor}`);
    else this.element.removeAttribute('aria-activedescendant');
  }

  #row({ scope, columns, rows }: GridContent, at: number): HTMLElement {
    const { report, cell } = scope;
    const { merges } = cell;
    const row = rows[at] ?? 0;
    const element = document.createElement('div');
    element.id = `merge-${at}`;
    element.className = 'grid-row';
    element.dataset['at'] = `${at}`;
    element.setAttribute('role', 'row');
    element.setAttribute('aria-rowindex', `${at + 2}`);
    for (const [i, column] of columns.entries()) {
      const place = document.createElement('div');
      place.className = `grid-cell ${column.kind}`;
      place.setAttribute('role', 'gridcell');
      place.setAttribute('aria-colindex', `${i + 1}`);
      if (column.kind === 'experts') {
        const members = membersOf(merges, row);
        if (report.pool.length <= WIDEST_STRIP) place.append(membershipStrip(report.pool.length, members));
        const names = document.createElement('bdi');
        names.textContent = members.map((d) => plain(report.pool[d] ?? '', 40)).join(', ');
        place.title = nameList(members.map((d) => report.pool[d] ?? ''));
        place.append(names);
      } else if (column.sort === 'k') place.textContent = `${subsetSizes(merges)[row]}`;
      else if (column.sort === 'seed') place.textContent = `${seedAt(merges, row) ?? ''}`;
      else
        place.textContent = loss(
          lossAt(merges, row, typeof column.sort === 'number' ? column.sort : null),
          4,
        );
      element.append(place);
    }
    return element;
  }

  #headKey(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    const buttons = [...this.#head.querySelectorAll('button')];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus();
    event.preventDefault();
  }

  #click(event: Event): void {
    const at =
      event.target instanceof Element
        ? event.target.closest<HTMLElement>('[data-at]')?.dataset['at']
        : undefined;
    if (at !== undefined) this.#pick(Number(at));
  }

  #pick(at: number): void {
    const row = this.#content?.rows[at];
    if (row === undefined) return;
    this.#cursor = at;
    this.#events.onPick(row);
  }

  #key(event: KeyboardEvent): void {
    const last = (this.#content?.rows.length ?? 0) - 1;
    if (event.target !== this.element || last < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((this.element.clientHeight - HEAD_HEIGHT) / ROW_HEIGHT) - 1);
    const from = this.#cursor < 0 ? -1 : this.#cursor;
    const to: Readonly<Record<string, number>> = {
      ArrowDown: from + 1,
      ArrowUp: Math.max(0, from - 1),
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    if (next !== undefined) {
      this.#cursor = Math.min(last, Math.max(0, next));
      this.#virtual.scrollToIndex(this.#cursor, { align: 'auto' });
      this.#draw();
    } else if ((event.key === 'Enter' || event.key === ' ') && this.#cursor >= 0) this.#pick(this.#cursor);
    else return;
    event.preventDefault();
  }
}

function arrangedIn({ scope, rows }: GridContent): Arranged {
  return { merges: scope.cell.merges, rows };
}
