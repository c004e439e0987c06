/** Which merges to show: by expert, by k, by loss. */
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type { VscodeTextfield } from '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { plain } from '../../../../words/plain.ts';
import { icon } from '../../controls/icons.ts';
import { picker } from '../../controls/picker.ts';
import { isFiltered, typedLoss } from '../../merges/set-filter.ts';
import type { SubsetsUi } from '../../state/ui-state.ts';

export function subsetFilters(
  pool: readonly string[],
  ks: readonly number[],
  ui: SubsetsUi,
  set: (patch: Partial<SubsetsUi>) => void,
): TemplateResult {
  const wrong = Number.isNaN(typedLoss(ui.atMost));
  return html`<div class="filters">
    <div class="filter-experts" role="group" aria-label="Experts in the subset">
      <span class="filter-label" aria-hidden="true">Experts</span>
      ${repeat(
        pool,
        (name) => name,
        (name) => expertFilter(name, ui, set),
      )}
    </div>
    <div class="filter-row">
      ${picker(
        'k',
        [{ value: '', label: 'any' }, ...ks.map((k) => ({ value: `${k}`, label: `${k}` }))],
        ui.k === null ? '' : `${ui.k}`,
        (value) => set({ k: value === '' ? null : Number(value) }),
      )}
      <label class="picker"
        ><span class="picker-label" aria-hidden="true">loss at most</span
        ><vscode-textfield
          label="Loss at most"
          placeholder="any"
          ?invalid=${wrong}
          .value=${live(ui.atMost)}
          @input=${(event: Event) => set({ atMost: (event.currentTarget as VscodeTextfield).value })}
        ></vscode-textfield
      ></label>
      ${wrong ? html`<span class="hint" role="alert">Not a number: not filtered by loss.</span>` : nothing}
      ${
        isFiltered(ui)
          ? html`<button
              type="button"
              class="link"
              @click=${() => set({ has: [], hasNot: [], k: null, atMost: '' })}
            >
              Clear filters
            </button>`
          : nothing
      }
    </div>
  </div>`;
}

/** Pressed once: has it. Twice: has it not. Three times: any. */
function expertFilter(
  name: string,
  { has, hasNot }: SubsetsUi,
  set: (patch: Partial<SubsetsUi>) => void,
): TemplateResult {
  const state = has.includes(name) ? 'in' : hasNot.includes(name) ? 'out' : 'any';
  const without = (names: readonly string[]): string[] => names.filter((other) => other !== name);
  const next = (): void => {
    if (state === 'any') set({ has: [...has, name] });
    else if (state === 'in') set({ has: without(has), hasNot: [...hasNot, name] });
    else set({ hasNot: without(hasNot) });
  };
  const said = { any: 'with or without it', in: 'only with it', out: 'only without it' }[state];
  return html`<button
    type="button"
    class="chip chip-filter chip-${state}"
    title=${`${plain(name)}: ${said}`}
    aria-label=${`${plain(name)}: ${said}`}
    aria-pressed=${state === 'any' ? 'false' : state === 'in' ? 'true' : 'mixed'}
    @click=${next}
  >
    ${state === 'in' ? icon('check') : state === 'out' ? icon('cross') : nothing}<bdi>${plain(name, 28)}</bdi>
  </button>`;
}
