import { describe, expect, it } from 'vitest';
import { copyFinishedSample } from '../finished-sample.ts';
import { journey } from './journey.ts';

describe('a folder that is not trusted', () => {
  it('can be read, not run; trusted, it can', async () => {
    const { window } = await journey({
      name: 'trust',
      trust: true,
      sample: copyFinishedSample,
    });
    await window.dialog('Do you trust').getByRole('button', { name: /^No/ }).click();
    await window.hint('k = 7').waitFor();
    await window.codeLens('Dashboard').waitFor();
    expect(await window.codeLenses()).toEqual(['Dashboard']);
    await window.statusBar('Restricted Mode').waitFor();

    expect(await window.offers('Merge Lab: Run Experiment')).toBe(false);
    expect(await window.offers('Merge Lab: Open Dashboard')).toBe(true);

    await window.statusBar('Restricted Mode').click();
    await window.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await window.codeLens('Plan').waitFor();
  });
});
