import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, type TemplateResult } from 'lit';
import { type Icon, icon } from './icons.ts';

export interface ButtonOptions {
  readonly label: string;
  readonly onClick: () => void;
  /** Fewer than one of a row is primary. */
  readonly secondary?: boolean;
  readonly disabled?: boolean;
  /** What it does, where the label is short. */
  readonly title?: string;
}

/** A button with a word on it. */
export function wordButton({
  label,
  onClick,
  secondary = false,
  disabled = false,
  title,
}: ButtonOptions): TemplateResult {
  return html`<vscode-button
    ?secondary=${secondary}
    ?disabled=${disabled}
    aria-disabled=${disabled ? 'true' : 'false'}
    title=${title ?? ''}
    @click=${() => {
      if (!disabled) onClick();
    }}
    >${label}</vscode-button
  >`;
}

/** A small button with a drawing on it; `label` is read aloud and shown on hovering. */
export function iconButton(
  name: Icon,
  label: string,
  onClick: () => void,
  pressed?: boolean,
): TemplateResult {
  return html`<button
    type="button"
    class="icon-button"
    title=${label}
    aria-label=${label}
    aria-pressed=${pressed === undefined ? 'undefined' : `${pressed}`}
    @click=${onClick}
  >
    ${icon(name)}
  </button>`;
}
