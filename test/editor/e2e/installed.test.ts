import { describe, expect, it } from 'vitest';
import { journey } from './journey.ts';

describe('the packaged extension', () => {
  it('runs the sample from its first line to the recommended subset', async () => {
    const { window } = await journey({ name: 'installed-sample' });
    await window.codeLens(/^\s*Run/).click();
    await window.statusBar(/%/).waitFor();
    await window.inlayHints.filter({ hasText: /k = 7/ }).first().waitFor({ timeout: 170_000 });
    expect((await window.hints()).join('\n')).toMatch(/k = 7/);
  });
});
