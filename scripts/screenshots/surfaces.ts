/** Every surface, in the order in which a person meets them. Add a line for a new one. */
import type { Workbench } from '../../test/editor/workbench.ts';
import type { Surface } from './surface.ts';

const file = 'nine-domains.mergelab.yaml';
const methods = 'methods-S.mergelab.yaml';
/** Enough for a page, and no more than a picture beside text has room for. */
const small = { width: 1000, height: 640 };

export const surfaces: readonly Surface[] = [
  {
    name: 'welcome',
    on: 'nothing',
    show: async (window) => {
      await window.command('View: Show Explorer');
      await openView(window);
    },
  },
  {
    name: 'walkthrough',
    on: 'nothing',
    show: async (window) => {
      await window.command('Welcome: Open Walkthrough...');
      await window.answer('Merge your first model', 'Merge your first model');
      await window.page.getByText('Take the sample').first().waitFor();
    },
  },
  {
    name: 'file-before',
    on: 'fresh',
    show: async (window) => {
      await window.openFile(file);
      await window.codeLens('▶ Run').waitFor();
    },
  },
  {
    name: 'file-running',
    on: 'fresh',
    themes: ['dark', 'light'],
    show: async (window) => {
      await window.openFile(file);
      await window.codeLens('▶ Run').click();
      await window.codeLens(/■ Stop \((1[5-9]|[2-9]\d)%/).waitFor({ timeout: 120_000 });
    },
    after: async (window) => {
      await window.command('Merge Lab: Stop at Once');
      await window.codeLens('▶ Run').waitFor();
    },
  },
  {
    name: 'file',
    on: 'finished',
    show: async (window) => {
      await window.openFile(file);
      await window.hint('k = 7').waitFor();
      await window.codeLens('Merge recommended subset').waitFor();
    },
  },
  {
    name: 'file-methods',
    on: 'finished',
    show: async (window) => {
      await window.openFile(methods);
      await window.hint('L∞').waitFor();
      await window.codeLens('Merge recommended subset').waitFor();
    },
  },
  {
    name: 'hover-expert',
    on: 'finished',
    show: async (window) => {
      await window.openFile(file);
      await window.hint('k = 7').waitFor();
      await window.hover('biology:', 'biology');
    },
  },
  {
    name: 'hover-method',
    on: 'finished',
    show: async (window) => {
      await window.openFile(methods);
      await window.hint('L∞').waitFor();
      await window.hover('method: ties', 'ties');
    },
  },
  {
    name: 'hover-headline',
    on: 'finished',
    show: async (window) => {
      await window.openFile(file);
      await window.hoverOver(window.hint('k = 7 (7 alone)'));
    },
  },
  {
    name: 'completion-keys',
    on: 'finished',
    show: async (window) => {
      await window.openFile(file);
      await window.hint('k = 7').waitFor();
      await window.cursorAtEndOf(/^\s*within:/);
      await window.press('Enter');
      await window.press('Control+Space');
      await window.suggestions.first().waitFor();
    },
    after: revert,
  },
  {
    name: 'diagnostics',
    on: 'finished',
    show: async (window) => {
      await window.openFile(file);
      await window.hint('k = 7').waitFor();
      await window.cursorAtEndOf(/^\s*within:/);
      await window.press('Enter');
      await window.page.keyboard.type('epsilom: 0.02');
      await window.editor.locator('.squiggly-error, .squiggly-warning').first().waitFor();
      await window.command('Problems: Focus on Problems View');
    },
    after: async (window) => {
      await window.command('View: Hide Panel');
      await revert(window);
    },
  },
  {
    name: 'tree',
    on: 'finished',
    show: async (window) => {
      await window.openFile(file);
      await window.hint('k = 7').waitFor();
      await openView(window);
      await window.view('Merge Lab').locator('.monaco-list-row').first().waitFor();
    },
  },
  {
    name: 'dashboard',
    on: 'finished',
    show: async (window) => {
      await window.openFile(file);
      await window.codeLens('Dashboard').click();
      await window.webview().getByText('521 of 521').first().waitFor();
    },
  },
  {
    name: 'dashboard-wide',
    on: 'finished',
    show: async (window) => {
      await window.openFile(file);
      await window.codeLens('Dashboard').click();
      await window.webview().getByText('521 of 521').first().waitFor();
      await window.command('View: Join All Editor Groups');
      await window.command('View: Close Primary Side Bar');
      await window.webview().getByText('521 of 521').first().waitFor();
    },
    after: (window) => window.command('View: Show Explorer'),
  },
  {
    name: 'dashboard-methods',
    on: 'finished',
    show: async (window) => {
      await window.openFile(methods);
      await window.codeLens('Dashboard').click();
      await window
        .webview()
        .getByText(/models scored/)
        .first()
        .waitFor();
    },
  },
  {
    name: 'plan',
    on: 'finished',
    themes: ['dark'],
    show: async (window) => {
      await window.openFile(file);
      await window.hint('k = 7').waitFor();
      await window.codeLens('Plan').click();
      await window.dialogOrNotification(/unmerged models/).waitFor();
    },
  },
  {
    name: 'insert-python',
    on: 'finished',
    show: async (window) => {
      await python(window);
      await window.command('Merge Lab: Insert Expert Subset…');
      await window.pick('nine-domains.mergelab.yaml');
      await window.picks.filter({ hasText: '7 experts' }).first().waitFor();
    },
    after: async (window) => {
      await window.press('Escape');
      await revert(window);
    },
  },
  {
    name: 'status-bar',
    on: 'finished',
    show: async (window) => {
      await window.openFile(file);
      await window.hint('k = 7').waitFor();
      await window.statusBar('k = 7').hover();
      await window.page
        .locator('.monaco-hover:visible, .workbench-hover-container:visible')
        .first()
        .waitFor();
    },
  },
  {
    name: 'walkthrough-declare',
    on: 'fresh',
    size: small,
    themes: ['dark'],
    show: async (window) => {
      await window.openFile(file);
      await window.codeLens('▶ Run').waitFor();
    },
  },
];

async function openView(window: Workbench): Promise<void> {
  const header = window.view('Merge Lab').locator('.pane-header');
  if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
}

/** A Python file that nobody saves, with a line to insert into. */
async function python(window: Workbench): Promise<void> {
  await window.command('File: New Untitled Text File');
  await window.command('Change Language Mode');
  await window.answer('Python', 'Python');
  await window.page.keyboard.type('from merge import merge\n\nexperts = ');
}

async function revert(window: Workbench): Promise<void> {
  await window.press('Escape');
  await window.command('View: Revert and Close Editor');
}
