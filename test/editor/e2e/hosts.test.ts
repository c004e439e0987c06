import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyNoSshd } from '../../ssh/sshd.ts';
import { putOnHost, startHost } from '../host-sample.ts';
import { liveRuns, scored } from '../stores.ts';
import { until } from '../until.ts';
import { journey } from './journey.ts';

const SOON = { timeout: 90_000 };

describe.skipIf(whyNoSshd() !== null)('a host', () => {
  it('is chosen, met in a terminal, set up after asking, and runs on without its window', async () => {
    const sshd = await startHost();
    sshd.trust(null);
    const { window, sample } = await journey({
      name: 'host',
      // As from a terminal: with this process's own path, which leads to the host, and no login shell's.
      env: { VSCODE_CLI: '1' },
      // As text, to be read.
      settings: { 'terminal.integrated.gpuAcceleration': 'off' },
      prepare: (made) => putOnHost(made, sshd),
    });
    const merges = window.codeLens(/▶ Run \(\d+ merges/);
    await merges.waitFor(SOON);
    await until('the command', () => window.offers('Merge Lab: Run on…'));
    await window.command('Merge Lab: Run on…');
    await window.quickInput.getByText('gpu-box').waitFor();
    await window.screenshot('host-choice');
    await window.pick('gpu-box');

    const unknown = window.notification('does not know the host key of gpu-box');
    await unknown.waitFor(SOON);
    await window.screenshot('host-key');
    await unknown.getByRole('button', { name: 'Connect in a Terminal' }).click();
    await window.page.locator('.xterm-rows', { hasText: 'continue connecting' }).waitFor(SOON);
    await window.screenshot('host-terminal');
    await window.page.keyboard.type('yes\n');
    await window.notification('try again').getByRole('button', { name: 'Try Again' }).click();

    const setUp = window.dialog('Set up the agent on gpu-box');
    await setUp.waitFor(SOON);
    await window.screenshot('host-set-up');
    expect(liveRuns(sample.folder)).toEqual([]);
    await setUp.getByRole('button', { name: 'Set Up' }).click();
    const copy = window.page.getByRole('button', { name: 'Copy 2 Models' });
    await copy.waitFor(SOON);
    await window.screenshot('host-models');
    await copy.click();
    const agreed = window.dialog('Copy 2 models to gpu-box?');
    await agreed.waitFor(SOON);
    await window.screenshot('host-copy');
    await agreed.getByRole('button', { name: 'Copy', exact: true }).click();
    await window.codeLens(/■ Stop \(\d+%/).waitFor(SOON);
    await window.screenshot('host-running');
    expect(existsSync(path.join(sample.folder, '.mergelab', 'gpu-box'))).toBe(true);

    await window.page.goto('about:blank');
    await until('no connection without a window', () => sshd.cut() === 0);
    await window.goto(sample.folder, sample.file);
    const follow = window.codeLens('Follow on gpu-box');
    await follow.waitFor(SOON);
    await window.screenshot('host-apart');
    const before = scored(sample.folder);
    await follow.click();
    await until('more results', () => scored(sample.folder) > before, SOON.timeout);
    await window.codeLens('Merge recommended subset').waitFor({ timeout: 240_000 });
    expect(liveRuns(sample.folder)).toEqual([]);

    await window.codeLens('Merge recommended subset').click();
    await window.answer(path.join(sample.folder, 'merged', 'best'));
    await window.notification('Written:').waitFor(SOON);
    expect(existsSync(path.join(sample.folder, 'merged', 'best', 'model.safetensors'))).toBe(true);
    await window.screenshot('host-merged');

    await window.command('View: Show Merge Lab');
    const host = window.view('Hosts').locator('.monaco-list-row', { hasText: 'gpu-box' });
    const header = window.view('Hosts').locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
    await host.filter({ hasText: 'not looked at' }).waitFor(SOON);
    await host.hover();
    await host.getByRole('button', { name: 'Look at Host' }).click();
    await host.click();
    await window
      .view('Hosts')
      .getByText('no NVIDIA card')
      .or(window.view('Hosts').getByText('MiB'))
      .waitFor(SOON);
    await host.filter({ hasText: /seen \d\d:\d\d/ }).waitFor(SOON);
    await window.screenshot('host-view');
  });
});
