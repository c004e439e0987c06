/** What the reader must know before the numbers: that they are of an older text, or that something went wrong. */
import { html, nothing, render } from 'lit';
import { oneLine } from '../../words/plain.ts';
import type { DashboardState } from '../messages.ts';
import { wordButton } from './controls/buttons.ts';
import { icon } from './controls/icons.ts';
import type { Page } from './page.ts';

export class Notices {
  readonly element = document.createElement('div');
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.element.className = 'notices';
    this.element.setAttribute('role', 'status');
  }

  update({ stale, problem, host }: Pick<DashboardState, 'stale' | 'problem' | 'host'>): void {
    this.element.hidden = stale === null && problem === null;
    render(
      html`${
        stale === null
          ? nothing
          : html`<div class="notice">${icon('information')}<span>${oneLine(stale, 600)}</span></div>`
      }
      ${
        problem === null
          ? nothing
          : html`<div class="notice notice-bad">
              ${icon('warning')}
              <span>${oneLine(problem.message, 600)} <span class="muted">${oneLine(problem.fix, 600)}</span></span>
              ${
                host === 'editor'
                  ? wordButton({
                      label: 'Show log',
                      secondary: true,
                      onClick: () => this.#page.host.send({ kind: 'show_log' }),
                    })
                  : nothing
              }
            </div>`
      }`,
      this.element,
    );
  }
}
