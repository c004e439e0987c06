import { html, nothing, type TemplateResult } from 'lit';
import { type DashboardState, isGoingOn } from '../../../messages.ts';
import { wordButton } from '../../controls/buttons.ts';
import type { Page } from '../../page.ts';

/** Measures what goes beyond the file, once all that it asks for is measured. @param label empty for nothing */
export function verifyButton(
  page: Page,
  { host, run, plan, trusted, stale }: DashboardState,
  label: string,
  title: string,
): TemplateResult | typeof nothing {
  const isOver = plan?.missing === 0 && !isGoingOn(run.state) && stale === null;
  if (label === '' || host === 'file' || !isOver) return nothing;
  const button = wordButton({
    label,
    secondary: true,
    disabled: !trusted,
    title: trusted ? title : 'This workspace is not trusted: nothing runs in it',
    onClick: () => page.host.send({ kind: 'verify' }),
  });
  return html`<div class="actions">${button}</div>`;
}
