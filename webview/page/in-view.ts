/** Which parts of the page somebody looks at, or is about to: the rest need not be drawn with every result. */
export class InView {
  readonly #seen = new Set<Element>();
  readonly #observer: IntersectionObserver;

  /** `entered` is called when parts come into view. */
  constructor(elements: readonly Element[], entered: () => void) {
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) this.#seen.add(target);
          else this.#seen.delete(target);
        }
        if (entries.some(({ isIntersecting }) => isIntersecting)) entered();
      },
      { rootMargin: '100px' },
    );
    for (const element of elements) this.#observer.observe(element);
  }

  /** What has the focus is never out of sight: a screen reader reads what the eye does not see. */
  has(element: Element): boolean {
    return this.#seen.has(element) || element.contains(document.activeElement);
  }
}
