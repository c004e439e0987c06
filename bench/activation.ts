/**
 * How long the extension takes to start, by VS Code's own account: loading its code, then `activate`. The packaged
 * extension, several windows one after another, beside one that does nothing. Goal: 50 ms. `node bench/activation.ts`
 *
 * VS Code counts by the clock, and all extensions start at once in one process: what the others do meanwhile is in the
 * number of each. The empty one says how much that is.
 */
import os from 'node:os';
import path from 'node:path';
import { buildAll } from '../scripts/build/all.ts';
import { makeVsix } from '../scripts/package/vsix.ts';
import { installVsix } from '../test/editor/install.ts';
import { agentSettings, root } from '../test/editor/installed.ts';
import { Life } from '../test/editor/life.ts';
import { Profile } from '../test/editor/profile.ts';
import { copySample } from '../test/editor/sample.ts';
import { testSettings } from '../test/editor/settings.ts';
import { Workbench } from '../test/editor/workbench.ts';
import { EMPTY_NAME, writeEmptyExtension } from './empty-extension.ts';

const TIMES = 7;
const GOAL_MS = 50;

const life = new Life();
try {
  const { file: vsix } = await makeVsix(root, await buildAll());
  const profile = new Profile({ user: testSettings, machine: agentSettings() });
  life.defer(() => profile.remove());
  await installVsix(vsix, profile);
  const empty = path.join(profile.folder, 'empty.vsix');
  writeEmptyExtension(empty, ['workspaceContains:**/*.mergelab.yaml', 'onLanguage:mergelab']);
  await installVsix(empty, profile);
  const sample = copySample(profile.folder);
  const window = await Workbench.open({
    name: 'bench-activation',
    profile,
    folder: sample.folder,
    file: sample.file,
  });
  life.defer(() => window.close());
  const times: number[] = [];
  const emptyTimes: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    if (i > 0) await window.goto(sample.folder, sample.file);
    await window.codeLens('Run').waitFor();
    await window.command('Developer: Show Running Extensions');
    times.push(await activationTime(window, 'Model Merge Lab'));
    emptyTimes.push(await activationTime(window, EMPTY_NAME));
  }
  const load = os.loadavg()[0]?.toFixed(1);
  process.stdout.write(
    `activation: ${summary(times)} (goal ${GOAL_MS} ms; load ${load} on ${os.availableParallelism()} cores)\n` +
      `  an empty extension beside it: ${summary(emptyTimes)}\n`,
  );
} finally {
  await life.end();
}

/** From the editor's list of running extensions. */
async function activationTime(window: Workbench, extension: string): Promise<number> {
  const row = window.page.locator('.runtime-extensions-editor .extension', { hasText: extension });
  const words = await row.locator('.activation-time').textContent();
  const ms = words?.match(/(\d+)\s*ms/)?.[1];
  if (ms === undefined) throw new Error(`no time in "${words}"`);
  return Number(ms);
}

function summary(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  return `median ${sorted[Math.floor(sorted.length / 2)]} ms, fastest ${sorted[0]} ms (${times.join(', ')})`;
}
