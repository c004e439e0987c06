import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Budget } from '../../../../core/planning/budget.ts';
import { fieldText, type Limit, POSITIONS, positionOf, typedValue, valueAt } from './limits.ts';

type Change = (patch: Partial<Budget>) => void;

/** A slider and a number for each limit; an empty number is no limit. */
export function limitInputs(limits: readonly Limit[], budget: Budget, change: Change): TemplateResult {
  return html`<div class="limits" role="group" aria-label="Budget to try">
    ${limits.map((limit) => limitInput(limit, budget[limit.name], (value) => change({ [limit.name]: value })))}
  </div>`;
}

function limitInput(
  limit: Limit,
  value: number | null,
  change: (value: number | null) => void,
): TemplateResult {
  const { name, label, unit } = limit;
  const text = fieldText(limit, value);
  return html`<div class="limit">
    <label class="limit-label" for="limit-${name}">${label}</label>
    <input
      type="range"
      min="0"
      max=${POSITIONS}
      step="1"
      aria-label="${label}, slider"
      aria-valuetext=${text === '' ? 'no limit' : `${text} ${unit}`}
      .value=${live(`${positionOf(limit, value)}`)}
      @input=${(event: Event) => change(valueAt(limit, Number((event.currentTarget as HTMLInputElement).value)))}
    />
    <span class="limit-value">
      <input
        id="limit-${name}"
        type="number"
        min="0"
        step="any"
        placeholder="none"
        .value=${live(text)}
        @change=${(event: Event) => change(typedValue(limit, (event.currentTarget as HTMLInputElement).value))}
      /><span class="muted">${unit}</span>
    </span>
  </div>`;
}
