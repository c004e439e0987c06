import { html, nothing, type TemplateResult } from 'lit';
import { averageTitle } from '../../../../words/ensemble.ts';
import { counted } from '../../../../words/numbers.ts';
import { icon } from '../../controls/icons.ts';
import type { Page } from '../../page.ts';
import { unchanged } from '../../state/unchanged.ts';
import type { View } from '../../state/view.ts';
import { ensembleAnswer, waitingOf } from '../ensemble/ensemble-answer.ts';
import { mergeActions } from '../merge-actions.ts';
import { PanelFrame } from '../panel-frame.ts';
import { runButton } from '../run/run-buttons.ts';
import { runSummary } from '../run/run-summary.ts';
import { aboutText, elsewhereText } from './about.ts';
import { type Answer, answerOf, type Subset } from './answer.ts';
import { chips, ensembleAnswerBody, numbers, warningList } from './answer-parts.ts';
import { type Beyond, beyondOf, NOTHING_BEYOND } from './beyond.ts';
import { verifyButton } from './verify-button.ts';

/** The answer first: how many, which, how good, and what is uncertain about it. */
export class AnswerPanel {
  readonly frame: PanelFrame;
  readonly #page: Page;
  readonly #beyond = unchanged(beyondOf);
  readonly #ensembleAnswer = unchanged(ensembleAnswer);

  constructor(page: Page) {
    this.#page = page;
    this.frame = new PanelFrame(page, 'answer');
  }

  update(view: View): void {
    if (view.state.ensemble) {
      this.#ensemble(view);
      return;
    }
    const answer = answerOf(view.state);
    const about = answer.kind === 'waiting' || !view.scope ? '' : aboutText(view.scope.report);
    this.frame.update('Answer', about, () =>
      answer.kind === 'waiting' ? this.#waiting(answer, view) : this.#answered(answer, view),
    );
  }

  #ensemble(view: View): void {
    const report = view.state.ensemble?.report ?? null;
    const about = report ? `Ensemble · ${counted(report.models.length, 'model')}` : '';
    this.frame.update('Answer', about, () =>
      report
        ? ensembleAnswerBody(
            this.#ensembleAnswer(report),
            verifyButton(this.#page, view.state, averageTitle(report), AVERAGED),
          )
        : this.#waiting({ kind: 'waiting', ...waitingOf(view.state) }, view),
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
                      ${chips(subset.names, 'Experts')} ${mergeActions(this.#page, state, subset.merge, true)}
                      ${instead ? html`<p class="hint">${instead}</p>` : nothing}
                    </div>`
                  : nothing
              }
              ${others.map((other) => this.#other(other, state))}
            </div>`
      }
      ${reasons(answer, beyond, verifyButton(this.#page, state, beyond.verify && `Merge and score ${beyond.verify}`, FORETOLD))}
    </div>`;
  }

  #other(other: Subset & { readonly title: string }, state: View['state']): TemplateResult {
    return html`<div class="answer-other">
      <p><strong>${other.title}</strong> <span class="muted">loss ${other.loss}</span></p>
      ${chips(other.names, 'Experts')} ${mergeActions(this.#page, state, other.merge, false)}
    </div>`;
  }
}

const FORETOLD = 'What is foretold to beat what is measured joins the plan; measured, it can be recommended';
const AVERAGED = 'Pools of models that share a tokenizer, each as one predictor, beside mixture and oracle';

type Waiting = Extract<Answer, { kind: 'waiting' }>;
type Answered = Exclude<Answer, Waiting>;

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
    ${warningList(warnings)}
    <p class="fine-print">${intervals}</p>
  </div>`;
}
