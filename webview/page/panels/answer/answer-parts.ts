/** Parts of an answer, of either kind. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../controls/icons.ts';
import type { EnsembleAnswer } from '../ensemble/ensemble-answer.ts';
import type { Fact } from './answer.ts';

const MOST_CHIPS = 40;

interface Numbers {
  readonly large: string;
  readonly unit: string;
  readonly certainty: readonly string[];
  readonly facts: readonly Fact[];
}

/** The number first, then what is around it. */
export function numbers({ large, unit, certainty, facts }: Numbers): TemplateResult {
  return html`<div class="answer-main">
    <div class="answer-k">
      <span class="answer-large">${large}</span>
      <span class="answer-unit"
        ><strong>${unit}</strong>${certainty.map((line) => html`<span>${line}</span>`)}</span
      >
    </div>
    <dl class="facts">
      ${facts.map(
        ({ label, value, detail }) =>
          html`<div class="fact">
            <dt>${label}</dt>
            <dd><span class="fact-value">${value}</span><span class="fact-detail">${detail}</span></dd>
          </div>`,
      )}
    </dl>
  </div>`;
}

export function chips(names: readonly string[], label: string): TemplateResult {
  const more = names.length - MOST_CHIPS;
  return html`<ul class="chips" aria-label=${label}>
    ${names.slice(0, MOST_CHIPS).map((name) => html`<li class="chip"><bdi>${name}</bdi></li>`)}
    ${more > 0 ? html`<li class="chip chip-more">and ${more} more</li>` : nothing}
  </ul>`;
}

export function warningList(warnings: readonly string[]): TemplateResult | typeof nothing {
  return warnings.length === 0
    ? nothing
    : html`<ul class="warnings">
        ${warnings.map((text) => html`<li>${icon('warning')}<span>${text}</span></li>`)}
      </ul>`;
}

/** Nothing of an ensemble is inserted or merged, so it has no buttons. */
export function ensembleAnswerBody(
  answer: EnsembleAnswer,
  average: TemplateResult | typeof nothing,
): TemplateResult {
  const { take, members, sentence, realisable, warnings, intervals } = answer;
  return html`<div class="answer">
    ${numbers(answer)}
    <div class="answer-what"><div class="answer-subset">
        ${members.length > 0 ? html`<p class="answer-take">${take}</p>` : nothing}
        ${chips(members, 'Models')}
        <p class="answer-take">Without an oracle</p>
        ${realisable.map((line) => html`<p class="hint">${line}</p>`)} ${average}
      </div>
    </div>
    <div class="answer-why">
      <div class="answer-text">
        ${sentence.map((line, i) => html`<p class=${i === 0 ? 'lead' : ''}>${line}</p>`)}
      </div>
      ${warningList(warnings)}
      <p class="fine-print">${intervals}</p>
    </div>
  </div>`;
}
