/** The top of the page: what is looked at, how its run goes, and the choice of method, size and domain for all panels. */
import { html, nothing, render, type TemplateResult } from 'lit';
import type { Report } from '../../core/report/report.ts';
import { plain } from '../../words/plain.ts';
import { newIn } from '../../words/run-progress.ts';
import { iconButton } from './controls/buttons.ts';
import { type Choice, picker } from './controls/picker.ts';
import { progressBar } from './controls/progress-bar.ts';
import type { Page } from './page.ts';
import { runButton } from './panels/run/run-buttons.ts';
import { runSummary } from './panels/run/run-summary.ts';
import type { Scope, View } from './state/view.ts';
import { objectiveName } from './text/words.ts';

export class Header {
  readonly element = document.createElement('header');
  readonly #page: Page;
  readonly #toggleTheme: (() => void) | null;

  /** @param toggleTheme where the page has themes of its own */
  constructor(page: Page, toggleTheme: (() => void) | null) {
    this.#page = page;
    this.#toggleTheme = toggleTheme;
    this.element.className = 'top';
  }

  update({ state, scope }: View): void {
    const run = runSummary(state);
    const file = plain(state.file, 80);
    render(
      html`<div class="top-line">
          <div class="top-name">
            <h1 title=${plain(state.name, 300)}><bdi>${plain(state.name, 80)}</bdi></h1>
            ${
              state.host === 'editor'
                ? html`<button
                    type="button"
                    class="link top-file"
                    title="Open the experiment file"
                    @click=${() => this.#page.host.send({ kind: 'open_file' })}
                  >
                    <bdi>${file}</bdi>
                  </button>`
                : html`<span class="top-file muted"><bdi>${file}</bdi></span>`
            }
          </div>
          <div class="top-run">
            <span class="state state-${run.tone}">${run.state}</span>
            <span class="muted top-counts">${[run.counts, run.left].filter(Boolean).join(' · ')}</span>
            ${runButton(this.#page, state)}
            ${this.#toggleTheme ? iconButton('sun', 'Change between light and dark', this.#toggleTheme) : nothing}
          </div>
        </div>
        ${scope ? this.#pickers(scope) : nothing}
        ${run.active ? progressBar('Run', newIn(run), true) : nothing}`,
      this.element,
    );
  }

  #pickers({ report, cell, domain }: Scope): TemplateResult | typeof nothing {
    const { store } = this.#page;
    const sizes = distinct(report.cells.map(({ size }) => size));
    const methods = distinct(report.cells.filter(({ size }) => size === cell.size).map(({ label }) => label));
    if (sizes.length < 2 && methods.length < 2 && report.domains.length < 2) return nothing;
    return html`<div class="top-scope" role="group" aria-label="Shown in all panels">
      ${
        sizes.length < 2
          ? nothing
          : picker('Size', choices(sizes), cell.size, (size) =>
              store.set({ cell: { size, label: sameMethod(report, size, cell.label) } }),
            )
      }
      ${
        methods.length < 2
          ? nothing
          : picker('Method', choices(methods), cell.label, (label) =>
              store.set({ cell: { size: cell.size, label } }),
            )
      }
      ${
        report.domains.length < 2
          ? nothing
          : picker(
              'Domain',
              [
                { value: ALL, label: `all (${objectiveName(report.domains)})` },
                ...report.domains.map(({ name }, i) => ({ value: `${i}`, label: plain(name) })),
              ],
              domain === null ? ALL : `${domain}`,
              (value) =>
                store.set({ domain: value === ALL ? null : (report.domains[Number(value)]?.name ?? null) }),
            )
      }
    </div>`;
  }
}

const ALL = 'all';

function choices(names: readonly string[]): Choice[] {
  return names.map((name) => ({ value: name, label: plain(name) }));
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** At another size: the same method where it is there, else the first. */
function sameMethod(report: Report, size: string, label: string): string {
  const there = report.cells.filter((cell) => cell.size === size);
  return (there.find((cell) => cell.label === label) ?? there[0])?.label ?? label;
}
