import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../controls/icons.ts';
import type { Page } from '../../page.ts';
import { unchanged } from '../../state/unchanged.ts';
import type { View } from '../../state/view.ts';
import { mergeActions } from '../merge-actions.ts';
import { PanelFrame } from '../panel-frame.ts';
import { runButton } from '../run/run-buttons.ts';
import { runSummary } from '../run/run-summary.ts';
import { aboutText, elsewhereText } from './about.ts';
import { type Answer, answerOf, type Subset } from './answer.ts';
import { type Beyond, beyondOf, NOTHING_BEYOND } from './beyond.ts';
import { verifyButton } from './verify-button.ts';

const MOST_CHIPS = 40;

/** The answer first: how many, which, how good, and what is uncertain about it. */
export class AnswerPanel {
  readonly frame: PanelFrame;
  readonly #page: Page;
  readonly #beyond = unchanged(beyondOf);

  constructor(page: Page) {
    this.#page = page;
    this.frame = new PanelFrame(page, 'answer');
  }

  update(view: View): void {
    const answer = answerOf(view.state);
    const about = answer.kind === 'waiting' || !view.scope ? '' : aboutText(view.scope.report);
    this.frame.update('Answer', about, () =>
      answer.kind === 'waiting' ? this.#waiting(answer, view) : this.#answered(answer, view),
    );
  }

  #waiting({ title, text }: Waiting, { state }: View): TemplateResult {
    return html`<div class="answer-waiting">
      <p class="lead">${title}</p>
      ${text.map((line) => html`<p class="muted">${line}</p>`)}
      ${runSummary(state).active ? nothing : html`<div class="actions">${runButton(this.#page, state)}</div>`}
    </div>`;
  }

  #answered(answer: Answered, { state, scope }: View): TemplateResult {
    const { subset, instead, others } = answer;
    const elsewhere = scope && elsewhereText(scope);
    const beyond = state.report ? this.#beyond(state.report) : NOTHING_BEYOND;
    return html`<div class="answer">
      ${elsewhere ? html`<p class="answer-about" role="note">${icon('information')}<span>${elsewhere}</span></p>` : nothing}
      ${numbers(answer)}
      ${
        subset === null && others.length === 0
          ? nothing
          : html`<div class="answer-what">
              ${
                subset
                  ? html`<div class="answer-subset">
                      <p class="answer-take">
                        ${answer.kind === 'base' ? 'The best merge found' : 'Take'}, by <bdi>${subset.by}</bdi>
                      </p>
                      ${chips(subset.names)} ${mergeActions(this.#page, state, subset.merge, true)}
                      ${instead ? html`<p class="hint">${instead}</p>` : nothing}
                    </div>`
                  : nothing
              }
              ${others.map((other) => this.#other(other, state))}
            </div>`
      }
      ${reasons(answer, beyond, verifyButton(this.#page, state, beyond.verify))}
    </div>`;
  }

  #other(other: Subset & { readonly title: string }, state: View['state']): TemplateResult {
    return html`<div class="answer-other">
      <p><strong>${other.title}</strong> <span class="muted">loss ${other.loss}</span></p>
      ${chips(other.names)} ${mergeActions(this.#page, state, other.merge, false)}
    </div>`;
  }
}

type Waiting = Extract<Answer, { kind: 'waiting' }>;
type Answered = Exclude<Answer, Waiting>;

function numbers({ large, unit, certainty, facts }: Answered): TemplateResult {
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

/** The answer in sentences, what is next to it, what to be careful of, and what its intervals are. */
function reasons(
  { sentence, warnings, intervals }: Answered,
  { questions, predicted }: Beyond,
  verify: TemplateResult | typeof nothing,
): TemplateResult {
  return html`<div class="answer-why">
    <div class="answer-text">
      ${sentence.map((line, i) => html`<p class=${i === 0 ? 'lead' : ''}>${line}</p>`)}
    </div>
    ${
      questions.length === 0
        ? nothing
        : html`<dl class="questions">
            ${questions.map(({ question, answer }) => html`<div><dt>${question}</dt><dd>${answer}</dd></div>`)}
          </dl>`
    }
    ${predicted.map((line) => html`<p class="hint">${line}</p>`)} ${verify}
    ${
      warnings.length === 0
        ? nothing
        : html`<ul class="warnings">
            ${warnings.map((text) => html`<li>${icon('warning')}<span>${text}</span></li>`)}
          </ul>`
    }
    <p class="fine-print">${intervals}</p>
  </div>`;
}

function chips(names: readonly string[]): TemplateResult {
  const more = names.length - MOST_CHIPS;
  return html`<ul class="chips" aria-label="Experts">
    ${names.slice(0, MOST_CHIPS).map((name) => html`<li class="chip"><bdi>${name}</bdi></li>`)}
    ${more > 0 ? html`<li class="chip chip-more">and ${more} more</li>` : nothing}
  </ul>`;
}
