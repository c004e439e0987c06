import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Workbench } from '../workbench.ts';
import { journey } from './journey.ts';

describe('the extension starts', () => {
  it('not in a folder without experiments, then with the first one', async () => {
    const { window, profile } = await journey({ name: 'activation', open: 'nothing' });
    const folder = path.join(profile.folder, 'elsewhere');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'plain.yaml'), 'base: 1\n');
    await window.goto(folder, path.join(folder, 'plain.yaml'));
    // VS Code's own YAML is at work: whatever would start has started.
    await window.page.locator('.mtk6, .mtk9, .mtk5', { hasText: 'base' }).first().waitFor();
    expect(await running(window)).toBe(false);

    writeFileSync(path.join(folder, 'new.mergelab.yaml'), 'base: ./base\n');
    await window.openFile('new.mergelab.yaml');
    await window.codeLens('Run').waitFor();
    expect(await running(window)).toBe(true);
  });
});

/** By the editor's own list, which is never empty. */
async function running(window: Workbench): Promise<boolean> {
  await window.command('Developer: Show Running Extensions');
  const list = window.page.locator('.runtime-extensions-editor .extension');
  await list.first().waitFor();
  return (await list.filter({ hasText: 'Model Merge Lab' }).count()) > 0;
}
