/** What can be done with a subset, as buttons: inserting and merging only where an editor is there to do it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { DashboardState, MergeName } from '../../messages.ts';
import { wordButton } from '../controls/buttons.ts';
import type { Page } from '../page.ts';

export function mergeActions(
  page: Page,
  { host, trusted }: DashboardState,
  merge: MergeName,
  prominent: boolean,
): TemplateResult {
  const copyNames = wordButton({
    label: 'Copy names',
    secondary: true,
    onClick: () => {
      page.host.send({ kind: 'copy_subset', merge, as: 'names' });
      page.say('Names copied.');
    },
  });
  if (host === 'file') return html`<div class="actions">${copyNames}</div>`;
  return html`<div class="actions">
    ${wordButton({
      label: 'Insert',
      secondary: !prominent,
      title: 'Insert the experts into the file that is being edited, in its language',
      onClick: () => page.host.send({ kind: 'insert', merge }),
    })}
    ${wordButton({
      label: 'Merge to folder…',
      secondary: true,
      disabled: !trusted,
      title: trusted ? 'Write the merged model' : 'This workspace is not trusted: nothing runs in it',
      onClick: () => page.host.send({ kind: 'merge', merge }),
    })}
    ${copyNames}
    ${wordButton({
      label: 'Copy mergekit YAML',
      secondary: true,
      onClick: () => {
        page.host.send({ kind: 'copy_subset', merge, as: 'mergekit' });
        page.say('mergekit YAML copied.');
      },
    })}
    ${trusted || !prominent ? nothing : html`<span class="hint">Not trusted: results can be read, nothing runs.</span>`}
  </div>`;
}
