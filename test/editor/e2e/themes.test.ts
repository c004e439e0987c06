import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { copyFinishedSample } from '../finished-sample.ts';
import { allThemes } from '../themes.ts';
import { until } from '../until.ts';
import { journey } from './journey.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How many pixels of the curve have exactly the colour that the theme gives its points now. */
const POINTS = `(() => {
  const canvas = document.querySelector('canvas');
  const probe = document.body.appendChild(document.createElement('span'));
  probe.style.color = getComputedStyle(document.documentElement).getPropertyValue('--vscode-charts-blue');
  const [red, green, blue] = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
  probe.remove();
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4)
    if (data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] === 255) count += 1;
  return count;
})()`;

describe('the dashboard in a window', () => {
  it('follows its theme at once, reloads nothing, forgets nothing, and axe finds nothing in any', async () => {
    const { window } = await journey({ name: 'themes', sample: copyFinishedSample });
    await window.codeLens('Dashboard').click();
    const page = window.webview();
    await page.getByText('521 of 521').first().waitFor();
    await page.locator('canvas').first().scrollIntoViewIfNeeded();
    const domain = page.getByRole('combobox', { name: 'Domain' });
    await domain.click();
    await page.getByRole('option', { name: 'physics' }).first().click();
    await domain.filter({ hasText: 'physics' }).waitFor();
    const frame = await frameOf(await page.locator('#merge-lab').elementHandle());
    await frame.evaluate('window.isTheSame = true');
    await frame.evaluate(axe);

    for (const theme of [...allThemes.slice(1), ...allThemes.slice(0, 1)]) {
      await window.theme(theme);
      await until(`points of ${theme}`, async () => Number(await frame.evaluate(POINTS)) > 20, 2_000);
      expect(await frame.evaluate('window.isTheSame'), theme).toBe(true);
      expect(await domain.textContent(), theme).toContain('physics');
      expect(await violations(frame), theme).toEqual([]);
    }
  });
});

async function frameOf(element: { ownerFrame(): Promise<Frame | null> } | null): Promise<Frame> {
  const frame = await element?.ownerFrame();
  if (frame) return frame;
  throw new Error('the page is in no frame');
}

/** Each violation with where it is. */
async function violations(frame: Frame): Promise<string[]> {
  const results = (await frame.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}\n${failureSummary ?? ''}`),
  );
}
