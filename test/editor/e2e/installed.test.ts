import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { liveRuns } from '../stores.ts';
import { journey } from './journey.ts';

/** By what each adds to the recommended subset, as `npm run demo` reports it too. */
const ranks = {
  algebra: '6th',
  analysis: '7th',
  biology: '1st',
  chemistry: '2nd',
  code: null,
  discrete: '4th',
  geometry: null,
  number_theory: '5th',
  physics: '3rd',
} as const;

describe('the packaged extension, in a window without a folder', () => {
  it('leads from its walkthrough to the sample, an agent, and the recommended subset', async () => {
    const { window, profile } = await journey({ name: 'first-run', open: 'nothing', withoutAgent: true });
    await window.command('Welcome: Open Walkthrough...');
    await window.answer('Merge your first model', 'Merge your first model');
    await window.page.getByRole('button', { name: 'Try the Sample' }).first().click();
    await window.quickInput.getByText('A new folder for the sample').waitFor();
    await window.answer(path.join(profile.folder, 'mine'));
    await window.tab('nine-domains.mergelab.yaml').waitFor();
    await window.notification('The sample is ready').getByRole('button', { name: 'Run' }).click();
    await window.dialog('Set up the agent').getByRole('button', { name: 'Set Up' }).click();
    await window.notification('Setting up the agent').waitFor();
    await window.codeLens('■ Stop').waitFor({ timeout: 400_000 });
    await window.codeLens('Merge recommended subset').waitFor({ timeout: 270_000 });
    await window.hint('k = 7 (7 alone), within 0.01 of the best').waitFor();

    expect(await window.codeLenses()).toEqual(['Merge recommended subset', 'Plan', 'Dashboard']);
    expect(await window.hintsIn(/^experts:/)).toMatch(/^k = 7 .* pick all but code and geometry$/);
    for (const [expert, rank] of Object.entries(ranks))
      expect(await window.hintsIn(new RegExp(`^\\s+${expert}:`))).toMatch(
        rank === null ? /^[+−]0\.\d{3}$/ : new RegExp(`^[+−]0\\.\\d{3} ✓ ${rank}$`),
      );
    await window.statusBar('k = 7').waitFor();
    await window.webview().getByText('521 of 521').first().waitFor();
  }, 900_000);

  it('offers to set the agent up where there is none, and starts nothing unasked', async () => {
    const { window, sample } = await journey({ name: 'no-agent', withoutAgent: true });
    await window.codeLens('▶ Run').click();
    await window.dialog('Set up the agent').getByRole('button', { name: 'Cancel' }).click();
    await window.codeLens('▶ Run').click();
    await window.dialog('Set up the agent').getByRole('button', { name: 'Set Up' }).click();
    const progress = window.notification('Setting up the agent');
    await progress.waitFor();
    await progress.hover();
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });

    await window.codeLens('▶ Run').waitFor();
    expect(liveRuns(sample.folder)).toEqual([]);
    expect(existsSync(path.join(sample.folder, '.mergelab'))).toBe(false);
  });
});
