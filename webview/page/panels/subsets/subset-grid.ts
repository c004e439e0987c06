/**
 * The merges as a grid: only rows near the window exist, so that 65,535 scroll smoothly. The keyboard moves a cursor
 * through the rows; Enter picks the row that it is on, and copying copies that row.
 */
import type { SortColumn } from '../../merges/arrange.ts';
import { type Arranged, findAgain } from './find-again.ts';
import type { GridContent } from './grid-content.ts';
import { GridHead, HEAD_HEIGHT } from './grid-head.ts';
import { gridRow, ROW_HEIGHT } from './grid-row.ts';
import { RowWindow } from './row-window.ts';
import type { SubsetColumn } from './subset-columns.ts';

/** Pixels. */
const TALLEST = 374;

export interface GridEvents {
  readonly onSort: (by: SortColumn) => void;
  readonly onPick: (row: number) => void;
  readonly onCopy: (row: number) => void;
  readonly onScroll: (offset: number) => void;
}

export class SubsetGrid {
  readonly element = document.createElement('div');
  readonly #head: GridHead;
  readonly #body = document.createElement('div');
  readonly #window = document.createElement('div');
  readonly #events: GridEvents;
  readonly #rows: RowWindow;
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
    this.#head = new GridHead(events.onSort);
    this.#body.className = 'grid-body';
    this.#body.setAttribute('role', 'rowgroup');
    this.#window.className = 'grid-window';
    this.#window.setAttribute('role', 'presentation');
    this.#body.append(this.#window);
    this.element.append(this.#head.element, this.#body);
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('copy', (event) => this.#copy(event));
    this.#body.addEventListener('click', (event) => this.#click(event));
    this.element.addEventListener('scroll', () => this.#events.onScroll(this.element.scrollTop), {
      passive: true,
    });
    this.#rows = new RowWindow({
      element: this.element,
      row: ROW_HEIGHT,
      head: HEAD_HEIGHT,
      offset,
      changed: () => this.#draw(),
    });
  }

  update(content: GridContent): void {
    const before = this.#content;
    this.#content = content;
    const moved = before ? this.#follow(before, content) : 0;
    if (this.#columns !== content.columns) this.#setColumns(content);
    this.#head.update(content);
    this.element.setAttribute('aria-rowcount', `${content.rows.length + 1}`);
    // By all merges, not by those that a filter leaves: what is below must not jump.
    const { count } = content.scope.cell.merges;
    this.element.style.height = `min(${TALLEST}px, ${HEAD_HEIGHT + count * ROW_HEIGHT + 18}px)`;
    if (before?.rows !== content.rows || before.columns !== content.columns) this.#existing.clear();
    if (this.#cursor < 0 && content.picked !== null) this.#cursor = content.rows.indexOf(content.picked);
    this.#draw();
    this.#rows.restore();
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
    this.#rows.scrollTo(at, 'center');
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
  }

  #draw(): void {
    const content = this.#content;
    if (!content) return;
    this.#body.style.height = `${content.rows.length * ROW_HEIGHT}px`;
    const [first, last] = this.#rows.near(content.rows.length);
    this.#window.style.transform = `translateY(${first * ROW_HEIGHT}px)`;
    const existing = new Map<number, HTMLElement>();
    for (let at = first; at < last; at++) existing.set(at, this.#existing.get(at) ?? gridRow(content, at));
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
    if (existing.has(this.#cursor))
      this.element.setAttribute('aria-activedescendant', `merge-${this.#cursor}`);
    else this.element.removeAttribute('aria-activedescendant');
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

  /** The row under the cursor, unless text is selected. */
  #copy(event: ClipboardEvent): void {
    const row = this.#content?.rows[this.#cursor];
    if (row === undefined || event.target !== this.element || !getSelection()?.isCollapsed) return;
    event.preventDefault();
    this.#events.onCopy(row);
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
      this.#rows.scrollTo(this.#cursor, 'nearest');
      this.#draw();
    } else if ((event.key === 'Enter' || event.key === ' ') && this.#cursor >= 0) this.#pick(this.#cursor);
    else return;
    event.preventDefault();
  }
}

function arrangedIn({ scope, rows }: GridContent): Arranged {
  return { merges: scope.cell.merges, rows };
}
