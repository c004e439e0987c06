/** A part of the page with its heading, which opens and closes it. */
import { html, nothing, render, type TemplateResult } from 'lit';
import type { Panel } from '../../messages.ts';
import { icon } from '../controls/icons.ts';
import type { Page } from '../page.ts';

export class PanelFrame {
  readonly element = document.createElement('section');
  readonly id: Panel;
  readonly #page: Page;

  constructor(page: Page, id: Panel) {
    this.#page = page;
    this.id = id;
    this.element.id = `panel-${id}`;
    this.element.className = `panel panel-${id}`;
    this.element.setAttribute('aria-labelledby', `title-${id}`);
  }

  get open(): boolean {
    return !this.#page.ui.collapsed.includes(this.id);
  }

  /** @param body null = the panel has nothing to show, and is not there */
  update(title: string, note: string, body: (() => TemplateResult) | null): void {
    this.element.hidden = body === null;
    const { id, open } = this;
    render(
      html`<header class="panel-head">
          <h2 id="title-${id}">
            <button
              type="button"
              class="panel-toggle"
              aria-expanded=${`${open}`}
              aria-controls="body-${id}"
              @click=${() => this.#toggle()}
            >
              ${icon('chevron')}<span>${title}</span>
            </button>
          </h2>
          ${note ? html`<p class="panel-note">${note}</p>` : nothing}
        </header>
        <div class="panel-body" id="body-${id}" ?hidden=${!open}>${open && body ? body() : nothing}</div>`,
      this.element,
    );
  }

  /** Opens it, brings it into view and gives it the focus. */
  show(): void {
    if (!this.open) this.#toggle();
    this.element.scrollIntoView({ block: 'start' });
    this.element.querySelector<HTMLElement>('.panel-toggle')?.focus({ preventScroll: true });
  }

  #toggle(): void {
    const { collapsed } = this.#page.ui;
    this.#page.store.set({
      collapsed: this.open ? [...collapsed, this.id] : collapsed.filter((id) => id !== this.id),
    });
  }
}
