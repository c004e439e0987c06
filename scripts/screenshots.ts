/**
 * `npm run screenshots [-- SURFACE ...] [--theme THEME ...] [--media]`: pictures of every surface in every theme, into
 * `.tools/screenshots`; with `--media` those that the package shows, into `media`.
 */
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { finishedSample, finishSample } from '../test/editor/finished-sample.ts';
import { installVsix } from '../test/editor/install.ts';
import { agentSettings, root } from '../test/editor/installed.ts';
import { Life } from '../test/editor/life.ts';
import { Profile } from '../test/editor/profile.ts';
import { copySample, type Sample, sampleIn } from '../test/editor/sample.ts';
import { testSettings } from '../test/editor/settings.ts';
import { stopRuns } from '../test/editor/stop-runs.ts';
import { allThemes, type Theme } from '../test/editor/themes.ts';
import { usualSize } from '../test/editor/window.ts';
import { Workbench } from '../test/editor/workbench.ts';
import { buildAll } from './build/all.ts';
import { makeVsix } from './package/vsix.ts';
import type { Stage, Surface } from './screenshots/surface.ts';
import { surfaces } from './screenshots/surfaces.ts';

const { values, positionals } = parseArgs({
  options: { theme: { type: 'string', multiple: true }, media: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const wanted = surfaces
  .filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  .filter(({ media }) => !values.media || media !== undefined);
const themes = allThemes.filter((theme) => !values.theme || values.theme.includes(theme));

const { file: vsix } = await makeVsix(root, await buildAll());
if (wanted.some(({ on }) => on === 'finished')) {
  process.stdout.write('Results of the sample (a minute or two at first) ...\n');
  await finishSample(['nine-domains.mergelab.yaml', 'methods-S.mergelab.yaml']);
}
let failed = 0;
for (const group of groups(wanted)) await take(group);
process.exitCode = failed > 0 ? 1 : 0;

/** Those that can share a window. */
function groups(all: readonly Surface[]): Surface[][] {
  const bySetting = Object.groupBy(
    all,
    ({ on, size = usualSize }) => `${on} ${size.width} ${size.scale ?? 1}`,
  );
  return Object.values(bySetting).flatMap((group) => (group ? [group] : []));
}

async function take(group: readonly Surface[]): Promise<void> {
  const [first] = group;
  if (!first) return;
  const life = new Life();
  try {
    const profile = new Profile({ user: testSettings, machine: agentSettings() });
    life.defer(() => profile.remove());
    await installVsix(vsix, profile);
    const sample = sampleFor(first.on, profile.folder);
    life.defer(() => stopRuns(profile.folder));
    const window = await Workbench.open({
      name: 'screenshots',
      profile,
      folder: first.on === 'nothing' ? null : sample.folder,
      size: first.size ?? usualSize,
    });
    life.defer(() => window.close());
    for (const theme of themes) {
      const shown = group.filter((surface) => surface.themes?.includes(theme) ?? true);
      if (shown.length > 0)
        await window.theme(theme).catch(async (error: unknown) => {
          await window.screenshot('failed-theme');
          throw error;
        });
      for (const surface of shown) await picture(window, sample, surface, theme);
    }
  } finally {
    await life.end();
  }
}

async function picture(window: Workbench, sample: Sample, surface: Surface, theme: Theme): Promise<void> {
  const name = `${surface.name}-${theme}`;
  try {
    await surface.show(window, sample);
    const file = await window.screenshot(name, surface.part?.(window));
    process.stdout.write(`${file}\n`);
    if (values.media && surface.media) copyFileSync(file, path.join(root, surface.media));
  } catch (error) {
    failed += 1;
    await window.screenshot(`failed-${name}`);
    process.stderr.write(
      `${name}: ${error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : error}\n`,
    );
  }
  await surface.after?.(window, sample).catch(() => null);
  await window.press('Escape');
  await window.closeEditors().catch(() => null);
}

function sampleFor(stage: Stage, folder: string): Sample {
  switch (stage) {
    case 'finished':
      return finishedSample();
    case 'fresh':
      return copySample(folder);
    case 'nothing':
      return sampleIn(folder);
  }
}
