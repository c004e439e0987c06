import { html, nothing, type TemplateResult } from 'lit';
import { count } from '../../../../words/numbers.ts';
import type { DashboardState } from '../../../messages.ts';
import { wordButton } from '../../controls/buttons.ts';
import type { Page } from '../../page.ts';

/** Run where something is missing, Stop where something runs; nothing on a page of its own. */
export function runButton(
  page: Page,
  { host, run, plan, trusted, ensemble }: DashboardState,
): TemplateResult | typeof nothing {
  if (host === 'file') return nothing;
  const what = ensemble ? 'model' : 'merge';
  switch (run.state) {
    case 'starting':
    case 'queued':
    case 'running':
      return wordButton({
        label: 'Stop',
        secondary: true,
        title: `End the run after the current ${what}`,
        onClick: () => page.host.send({ kind: 'stop', now: false }),
      });
    case 'stopping':
      return wordButton({
        label: 'Stop now',
        secondary: true,
        title: `Do not wait for the current ${what}`,
        onClick: () => page.host.send({ kind: 'stop', now: true }),
      });
    case 'idle':
    case 'stopped':
    case 'done':
    case 'failed': {
      if (plan?.missing === 0) return nothing;
      const label = plan && plan.done > 0 ? `Run (${count(plan.missing)} new)` : 'Run';
      return wordButton({
        label,
        disabled: !trusted,
        title: trusted ? 'Run what is missing' : 'This workspace is not trusted: nothing runs in it',
        onClick: () => page.host.send({ kind: 'run' }),
      });
    }
    default:
      return run.state satisfies never;
  }
}

/** All buttons of a run. */
export function runButtons(page: Page, state: DashboardState): TemplateResult | typeof nothing {
  if (state.host === 'file') return nothing;
  const active = ['starting', 'queued', 'running'].includes(state.run.state);
  return html`<div class="actions">
    ${runButton(page, state)}
    ${
      active
        ? wordButton({
            label: 'Stop now',
            secondary: true,
            title: 'End it at once',
            onClick: () => page.host.send({ kind: 'stop', now: true }),
          })
        : nothing
    }
    ${wordButton({
      label: 'Refresh',
      secondary: true,
      title: 'Read the results again',
      onClick: () => page.host.send({ kind: 'refresh' }),
    })}
    ${wordButton({ label: 'Show log', secondary: true, onClick: () => page.host.send({ kind: 'show_log' }) })}
  </div>`;
}
