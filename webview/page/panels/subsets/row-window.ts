/** Which rows of a long list are near what is seen of it. All have one height, below a head that stays at the top. */

/** Rows beyond what is seen, on either side. */
const BEYOND = 10;

export interface RowWindowOptions {
  /** What scrolls. */
  readonly element: HTMLElement;
  /** Pixels. */
  readonly row: number;
  readonly head: number;
  /** Where it was scrolled to in an earlier life of the page, pixels. */
  readonly offset: number;
  /** Called when other rows may be near. */
  readonly changed: () => void;
}

export class RowWindow {
  readonly #options: RowWindowOptions;
  /** Still to be scrolled to: an element without rows, or out of sight, cannot be scrolled. */
  #wanted: number;

  constructor(options: RowWindowOptions) {
    this.#options = options;
    const { element, changed } = options;
    this.#wanted = options.offset;
    element.addEventListener('scroll', changed, { passive: true });
    new ResizeObserver(() => {
      this.restore();
      changed();
    }).observe(element);
  }

  /** Places from the first up to, not including, the last. */
  near(count: number): readonly [first: number, last: number] {
    const { element, row, head } = this.#options;
    const top = Math.floor(element.scrollTop / row);
    const seen = Math.ceil(Math.max(0, element.clientHeight - head) / row) + 1;
    const first = Math.max(0, Math.min(top, count - seen) - BEYOND);
    return [first, Math.min(count, top + seen + BEYOND)];
  }

  /** Call when there are rows: goes on where the reader was. */
  restore(): void {
    if (this.#wanted === 0) return;
    const { element } = this.#options;
    element.scrollTop = this.#wanted;
    if (element.scrollTop > 0) this.#wanted = 0;
  }

  /** Brings a row into the middle, or as little as it takes to see it. */
  scrollTo(at: number, align: 'center' | 'nearest'): void {
    const { element, row, head } = this.#options;
    this.#wanted = 0;
    const height = element.clientHeight - head;
    const top = at * row;
    if (align === 'center') element.scrollTop = top - (height - row) / 2;
    else if (top < element.scrollTop) element.scrollTop = top;
    else if (top + row > element.scrollTop + height) element.scrollTop = top + row - height;
  }
}
