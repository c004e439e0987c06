import { html, nothing, type TemplateResult } from 'lit';
import { type DashboardState, isGoingOn } from '../../../messages.ts';
import { wordButton } from '../../controls/buttons.ts';
import type { Page } from '../../page.ts';

/** Merges what is foretold to be better, once all that the file asks for is measured. @param what in words; empty for nothing */
export function verifyButton(
  page: Page,
  { host, run, plan, trusted, stale }: DashboardState,
  what: string,
): TemplateResult | typeof nothing {
  const isOver = plan?.missing === 0 && !isGoingOn(run.state) && stale === null;
  if (what === '' || host === 'file' || !isOver) return nothing;
  const button = wordButton({
    label: `Merge and score ${what}`,
    secondary: true,
    disabled: !trusted,
    title: trusted
      ? 'What is foretold to beat what is measured joins the plan; measured, it can be recommended'
      : 'This workspace is not trusted: nothing runs in it',
    onClick: () => page.host.send({ kind: 'verify' }),
  });
  return html`<div class="actions">${button}</div>`;
}
