import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import type { VscodeSingleSelect } from '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** A drop-down list with its label before it. */
export function picker(
  label: string,
  choices: readonly Choice[],
  value: string,
  onPick: (value: string) => void,
): TemplateResult {
  return html`<label class="picker"
    ><span class="picker-label" aria-hidden="true">${label}</span
    ><vscode-single-select
      label=${label}
      .value=${live(value)}
      @change=${(event: Event) => onPick((event.currentTarget as VscodeSingleSelect).value)}
      >${repeat(
        choices,
        (choice) => choice.value,
        (choice) =>
          html`<vscode-option value=${choice.value} ?selected=${choice.value === value}>${choice.label}</vscode-option>`,
      )}</vscode-single-select
    ></label
  >`;
}
