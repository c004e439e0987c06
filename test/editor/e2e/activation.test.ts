import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../profile.ts';
import { until } from '../until.ts';
import { usualSize } from '../window.ts';
import { journey } from './journey.ts';

const OURS = 'model-merge-lab.model-merge-lab';

describe('the extension starts', () => {
  it('not in a folder without experiments, then with the first one', async () => {
    const { window, profile } = await journey({ name: 'activation', open: 'nothing' });
    const folder = path.join(profile.folder, 'elsewhere');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'plain.yaml'), 'base: 1\n');
    await window.goto(folder, path.join(folder, 'plain.yaml'));
    // VS Code's own YAML is at work: whatever would start has started.
    await window.page.locator('.mtk6, .mtk9, .mtk5', { hasText: 'base' }).first().waitFor();
    await until('extensions that start', () => started(profile).length > 0);
    expect(started(profile)).not.toContain(OURS);

    writeFileSync(path.join(folder, 'new.mergelab.yaml'), 'base: ./base\n');
    await window.openFile('new.mergelab.yaml');
    await window.codeLens('Run').waitFor();
    await until('ours', () => started(profile).includes(OURS));

    await window.command('View: Show Merge Lab');
    const view = window.view('Experiments');
    await view.locator('.monaco-list-row', { hasText: 'new' }).waitFor();
    const { height = 0 } = (await view.boundingBox()) ?? {};
    expect(height).toBeGreaterThan(usualSize.height / 2);
  });
});

/** Ids of extensions that started in any window, as their host logs them. */
function started({ userData }: Profile): readonly string[] {
  const logs = readdirSync(path.join(userData, 'logs'), { recursive: true, encoding: 'utf8' });
  return logs
    .filter((name) => path.basename(name) === 'remoteexthost.log')
    .flatMap((name) => readFileSync(path.join(userData, 'logs', name), 'utf8').split('\n'))
    .flatMap((line) => line.match(/_doActivateExtension ([\w.-]+)/)?.[1] ?? []);
}
