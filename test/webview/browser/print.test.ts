/** The page on paper: light, whole, and without what can only be pressed. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleState } from '../sample.ts';
import { dashboardState, names, syntheticReport } from '../synthetic-report.ts';
import { DashboardPages, setTheme } from './dashboard-pages.ts';

const pages = new DashboardPages();
beforeAll(() => pages.start());
afterAll(() => pages.stop());

/** Of A4 at 96 pixels an inch, between margins of 12 mm. */
const PAPER = 703;

const methods = syntheticReport({
  pool: names(9, 'expert'),
  domains: names(4, 'domain'),
  methods: ['average', 'task_arithmetic 0.8', 'dare_ties'],
});

it('no table is cut, and the best merges are listed', async () => {
  const { page } = await pages.openFile(dashboardState(methods), { width: PAPER });
  await page.emulateMedia({ media: 'print' });
  const cut: string[] = await page.evaluate(
    `[...document.querySelectorAll('.table-scroll, .on-paper')].filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1 || one.getBoundingClientRect().right > innerWidth).map((one) => one.ariaLabel ?? one.className)`,
  );
  expect(cut).toEqual([]);
  expect(await page.locator('.method-table').isVisible()).toBe(true);
  expect(await page.locator('.on-paper tbody tr').count()).toBe(25);
  expect(await page.locator('.grid').isVisible()).toBe(false);
  expect(await page.locator('vscode-button').first().isVisible()).toBe(false);
  await page.close();
});

it('all charts are there without being scrolled to, for a picture of the whole page', async () => {
  const { page } = await pages.openFile(dashboardState(methods));
  const drawn = `[...document.querySelectorAll('.plot canvas')].filter((one) => one.offsetParent)`;
  await expect
    .poll(() => page.evaluate(`${drawn}.length > 3 && ${drawn}.every((one) => one.role === 'img')`))
    .toBe(true);
  expect(await page.evaluate('scrollY')).toBe(0);
  await page.close();
});

it('on the screen, the list for paper is not there', async () => {
  const { page } = await pages.openFile(sampleState());
  expect(await page.locator('.on-paper').isVisible()).toBe(false);
  expect(await page.locator('.grid').isVisible()).toBe(true);
  await page.close();
});

it('is printed in light, charts too, and is as it was afterwards', async () => {
  const { page } = await pages.openFile(sampleState());
  const seen = async (): Promise<readonly string[]> =>
    page.evaluate(
      `[document.body.dataset.vscodeThemeKind, document.querySelector('#panel-curve canvas').toDataURL()]`,
    );
  const tell = (event: string) => page.evaluate(`window.dispatchEvent(new Event('${event}'))`);
  await setTheme(page, 'vscode-light');
  const light = await seen();
  await setTheme(page, 'vscode-dark');
  const dark = await seen();
  expect(dark[1]).not.toBe(light[1]);
  await tell('beforeprint');
  expect(await seen()).toEqual(light);
  await tell('afterprint');
  expect(await seen()).toEqual(dark);
  await page.close();
});
