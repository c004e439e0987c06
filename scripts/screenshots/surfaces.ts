/** Every surface, in the order in which a person meets them. Add a line for a new one. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chooseExperiment } from '../../test/editor/choose-subset.ts';
import type { Sample } from '../../test/editor/sample.ts';
import type { Workbench } from '../../test/editor/workbench.ts';
import type { Surface } from './surface.ts';

const file = 'nine-domains.mergelab.yaml';
const methods = 'methods-S.mergelab.yaml';
/** Enough for a page, and no more than a picture beside text has room for. */
const small = { width: 920, height: 560, scale: 1.5 };

export const surfaces: readonly Surface[] = [
  {
    name: 'welcome',
    on: 'nothing',
    show: async (window) => {
      await openView(window);
      await window.view('Experiments').getByText('New Experiment').waitFor();
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
      await answered(window, file);
    },
  },
  {
    name: 'file-methods',
    on: 'finished',
    show: async (window) => {
      await answered(window, methods);
    },
  },
  {
    name: 'hover-expert',
    on: 'finished',
    show: async (window) => {
      await answered(window, file);
      await window.hover('biology:', 'biology');
    },
  },
  {
    name: 'hover-method',
    on: 'finished',
    show: async (window) => {
      await answered(window, methods);
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
      await answered(window, file);
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
      await answered(window, file);
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
      await answered(window, file);
      await openView(window);
      await window.view('Experiments').locator('.monaco-list-row').first().waitFor();
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
      await answered(window, file);
      await window.codeLens('Plan').click();
      await window.dialogOrNotification(/unmerged models/).waitFor();
    },
  },
  {
    name: 'insert-python',
    on: 'finished',
    show: async (window, sample) => {
      await answered(window, file);
      await python(window, sample);
      await window.command('Merge Lab: Insert Expert Subset…');
      await sizes(window);
    },
    after: (window, sample) => removePython(window, sample),
  },
  {
    name: 'status-bar',
    on: 'finished',
    show: async (window) => {
      await answered(window, file);
      await window.statusBar('k = 7').hover();
      await window.page
        .locator('.monaco-hover:visible, .workbench-hover-container:visible')
        .first()
        .waitFor();
    },
  },
  {
    name: 'media-declare',
    on: 'fresh',
    size: small,
    themes: ['dark'],
    media: 'media/walkthrough/declare.png',
    show: async (window) => {
      await window.openFile(file);
      await window.codeLens('▶ Run').waitFor();
      await alone(window);
    },
    after: (window) => window.command('View: Show Explorer'),
  },
  {
    name: 'media-run',
    on: 'fresh',
    size: small,
    themes: ['dark'],
    media: 'media/walkthrough/run.png',
    show: async (window) => {
      await window.openFile(file);
      await alone(window);
      await window.codeLens('▶ Run').click();
      await window.codeLens(/■ Stop \((4|5|6)\d%/).waitFor({ timeout: 300_000 });
      // The page that opens beside a run has a picture of its own.
      await window.press('ControlOrMeta+1');
      await window.command('View: Close Other Editors in Group');
      await window.command('View: Close Editors in Other Groups');
    },
    after: async (window) => {
      await window.command('Merge Lab: Stop at Once');
      await window.codeLens('▶ Run').waitFor();
      await window.command('View: Show Explorer');
    },
  },
  {
    name: 'media-dashboard',
    on: 'finished',
    size: { width: 1640, height: 1340 },
    themes: ['dark'],
    media: 'media/walkthrough/dashboard.png',
    show: async (window) => {
      await answered(window, file);
      await alone(window);
      await window.codeLens('Dashboard').click();
      await window.webview().getByText('521 of 521').first().waitFor();
    },
    after: (window) => window.command('View: Show Explorer'),
  },
  {
    name: 'media-insert',
    on: 'finished',
    size: small,
    themes: ['dark'],
    media: 'media/walkthrough/insert.png',
    show: async (window, sample) => {
      await alone(window);
      await python(window, sample);
      await window.command('Merge Lab: Insert Expert Subset…');
      await sizes(window);
    },
    after: async (window, sample) => {
      await removePython(window, sample);
      await window.command('View: Show Explorer');
    },
  },
];

/** The editor without what is around it. */
async function alone(window: Workbench): Promise<void> {
  await window.command('View: Close Primary Side Bar');
}

/** At the sizes of the sample's first experiment, with nothing hovered. */
async function sizes(window: Workbench): Promise<void> {
  await chooseExperiment(window, file);
  await window.notification('Reading results').waitFor({ state: 'detached' });
  await window.page.mouse.move(1, 1);
}

/** Open, and its answer there with all intervals. */
async function answered(window: Workbench, name: string): Promise<void> {
  await window.openFile(name);
  await window.codeLens('Merge recommended subset').waitFor();
  await window.hint('±').waitFor();
}

async function openView(window: Workbench): Promise<void> {
  await window.command('View: Show Merge Lab');
}

/** A Python file with a line to insert into, low enough for a picker not to hide it. */
async function python(window: Workbench, sample: Sample): Promise<void> {
  writeFileSync(path.join(sample.folder, 'evaluate.py'), script);
  await window.openFile('evaluate.py');
  await window.cursorAtEndOf('experts =');
}

const script = `"""How the merged model does on the questions of our own."""

from pathlib import Path

from transformers import AutoModelForCausalLM, AutoTokenizer

from ours import answer, merge, questions

BASE = "models/S/base"
OUT = Path("merged")


def main() -> None:
    tokenizer = AutoTokenizer.from_pretrained(BASE)
    experts = 
    merge(BASE, experts, OUT)
    model = AutoModelForCausalLM.from_pretrained(OUT)
    for question in questions():
        print(question, answer(model, tokenizer, question))


if __name__ == "__main__":
    main()
`;

async function removePython(window: Workbench, sample: Sample): Promise<void> {
  await window.press('Escape');
  await revert(window);
  rmSync(path.join(sample.folder, 'evaluate.py'), { force: true });
}

async function revert(window: Workbench): Promise<void> {
  await window.press('Escape');
  await window.command('View: Revert and Close Editor');
}
