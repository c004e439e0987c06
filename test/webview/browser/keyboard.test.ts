/** Everything by keyboard: reached in order, seen when focused, and done without a pointer. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleReport } from '../sample.ts';
import { dashboardState } from '../synthetic-report.ts';
import { complaintsOf, DashboardPages } from './dashboard-pages.ts';

const pages = new DashboardPages();
beforeAll(() => pages.start());
afterAll(() => pages.stop());

const focused = `(() => {
  let element = document.activeElement;
  const host = element;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const outlined = [host, element, ...(host.shadowRoot?.querySelectorAll('*') ?? [])].some((one) => {
    const { outlineStyle, outlineWidth, borderColor } = getComputedStyle(one);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || (host.shadowRoot && borderColor === 'rgb(0, 120, 212)');
  });
  return { name: host.getAttribute('aria-label') ?? host.getAttribute('label') ?? host.innerText?.trim() ?? '', tag: host.tagName.toLowerCase(), outlined };
})()`;

interface Focused {
  readonly name: string;
  readonly tag: string;
  readonly outlined: boolean;
}

it('Tab reaches everything that can be pressed, from top to bottom, and shows where it is', async () => {
  const { page } = await pages.openHosted(dashboardState(sampleReport()));
  const pressable = `[...document.querySelectorAll('button, vscode-button, vscode-single-select, vscode-textfield, canvas, [tabindex="0"]')].filter((one) => one.checkVisibility() && (one.tabIndex >= 0 || one.shadowRoot?.delegatesFocus) && one.getAttribute('aria-disabled') !== 'true').length`;
  const count: number = await page.evaluate(pressable);
  const reached: Focused[] = [];
  for (let i = 0; i < count + 5; i++) {
    await page.keyboard.press('Tab');
    const at: Focused = await page.evaluate(focused);
    if (at.tag === 'body') break;
    reached.push(at);
  }
  expect(reached).toHaveLength(count);
  expect(reached.filter(({ outlined }) => !outlined)).toEqual([]);
  const order = ['Insert', 'Copy as CSV', 'Merges', 'Show log'].map((name) =>
    reached.findIndex((at) => at.name === name),
  );
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
  await page.close();
});

it('a journey: choose a domain, read a mark of the curve, see the table, pick a merge, insert it', async () => {
  const opened = await pages.openHosted(dashboardState(sampleReport()));
  const { page } = opened;
  await page.locator('.top vscode-single-select').focus();
  for (const key of ['Enter', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  await expect.poll(() => page.locator('#panel-curve .panel-note').textContent()).toContain('analysis');
  await page.locator('#panel-curve canvas').focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  const said = page.locator('[aria-live="polite"].for-readers');
  expect(await said.textContent()).toMatch(/^Typical subset, k = 3; mean loss: \d\.\d{4}; 95% interval/);
  expect(await page.locator('#panel-curve .tip').isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  expect(await page.locator('#panel-curve .tip').isVisible()).toBe(false);
  await page.locator('#panel-curve').getByLabel('Show as table').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('#panel-curve .data-table tbody tr').count()).toBe(9);
  expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Show as chart');
  await page.locator('.grid').focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  expect(await page.locator('.grid').getAttribute('aria-activedescendant')).toBe('merge-1');
  await expect.poll(() => page.locator('#merge-1').getAttribute('aria-selected')).toBe('true');
  // Past the column that the table is sorted by, and the button that clears the pick.
  for (const key of ['Tab', 'Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
  const [asked] = (await opened.sent()).filter(({ kind }) => kind === 'insert');
  expect(asked).toEqual({
    kind: 'insert',
    merge: { size: 'default', method: 0, members: [0, 1, 2, 3, 5, 7, 8], seed: null },
  });
  expect(await complaintsOf(opened)).toEqual([]);
  await page.close();
});

it('headings close and open their panels', async () => {
  const { page } = await pages.openHosted(dashboardState(sampleReport()));
  const heading = page.locator('#title-curve button');
  await heading.focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('#panel-curve canvas').count()).toBe(0);
  await page.keyboard.press('Space');
  await page.locator('#panel-curve canvas').waitFor();
  expect(await page.evaluate('document.activeElement.closest("h2")?.id')).toBe('title-curve');
  await page.close();
});

it('a dot of the curve is picked, and the table goes to its row', async () => {
  const { page } = await pages.openHosted(dashboardState(sampleReport()));
  await page.locator('#panel-curve canvas').focus();
  // Typical subset, chosen subset, every merge.
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowDown', 'End', 'Enter']) await page.keyboard.press(key);
  await expect.poll(() => page.locator('.picked').textContent()).toMatch(/k = 9, loss 2\.2055/);
  await page.locator('.grid-row[aria-selected="true"]').waitFor();
  await page.close();
});

it('a drag zooms, Ctrl and the wheel zoom further, and the button shows everything again', async () => {
  const { page } = await pages.openHosted(dashboardState(sampleReport()));
  const canvas = page.locator('#panel-curve canvas');
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (!box) throw new RangeError('the chart is seen');
  const whole = await canvas.evaluate('(canvas) => canvas.toDataURL()');
  await page.mouse.move(box.x + 200, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + 500, box.y + 250, { steps: 5 });
  await page.mouse.up();
  await page.getByLabel('Reset zoom').waitFor();
  await expect.poll(() => page.evaluate('window.kept.zoom.curve?.x[0] > 1')).toBe(true);
  const dragged = (await page.evaluate(
    'window.kept.zoom.curve.x[1] - window.kept.zoom.curve.x[0]',
  )) as number;
  await page.mouse.move(box.x + 400, box.y + 200);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  await expect
    .poll(() => page.evaluate('window.kept.zoom.curve.x[1] - window.kept.zoom.curve.x[0]'))
    .toBeLessThan(dragged);
  await page.getByLabel('Reset zoom').click();
  await page.mouse.move(0, 0);
  await expect.poll(() => canvas.evaluate('(canvas) => canvas.toDataURL()')).toBe(whole);
  await page.close();
});

it('copies the row under the cursor as CSV', async () => {
  const opened = await pages.openHosted(dashboardState(sampleReport()));
  const { page } = opened;
  await page.locator('.grid').focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'Control+c']) await page.keyboard.press(key);
  await expect.poll(async () => (await opened.sent()).at(-1)?.kind).toBe('copy_text');
  const copied = (await opened.sent()).at(-1);
  const [head, row, ...rest] = copied?.kind === 'copy_text' ? copied.text.trim().split('\r\n') : [];
  expect(head).toMatch(/^k,objective,seed,experts,design,algebra,/);
  expect(row).toMatch(/^7,2\.20\d+,,/);
  expect(rest).toEqual([]);
  expect(await complaintsOf(opened)).toEqual([]);
  await page.close();
});
