/** The page as a file of its own: complete, without a network, harmless whatever its text says. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complementary, inputOf } from '../../ensemble/pools.ts';
import { ensembleDocument, ensembleState } from '../ensemble-state.ts';
import { sampleReport, sampleState, threeSizesState } from '../sample.ts';
import { dashboardState, names, syntheticReport } from '../synthetic-report.ts';
import { complaintsOf, DashboardPages, drawAll, setTheme } from './dashboard-pages.ts';

const pages = new DashboardPages();
beforeAll(() => pages.start());
afterAll(() => pages.stop());

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'a\u202eb\u0000c\nd',
  '=HYPERLINK("http://evil.example")',
  'x'.repeat(10_000),
  '$' + '{alert(1)}',
];

describe('the sample', () => {
  it('shows the answer and every panel, and nothing is complained of', async () => {
    const opened = await pages.openFile(sampleState());
    const { page } = opened;
    await drawAll(page);
    expect(await page.locator('.answer-large').textContent()).toBe('7');
    expect(await page.locator('.answer-subset .chip').allTextContents()).toEqual(
      sampleReport().headline.subset,
    );
    const panels = ['answer', 'curve', 'methods', 'spread', 'experts', 'synergy', 'subsets', 'run'];
    for (const panel of panels) expect(await page.locator(`#panel-${panel}`).isVisible(), panel).toBe(true);
    expect(await page.locator('canvas').count()).toBe(9);
    // One size and no budget: nothing to plan.
    expect(await page.locator('#panel-planning').isVisible()).toBe(false);
    expect(await complaintsOf(opened)).toEqual([]);
    await page.close();
  });

  it('shows planning of several sizes, without inputs that nobody would answer', async () => {
    const opened = await pages.openFile(threeSizesState());
    const panel = opened.page.locator('#panel-planning');
    expect(await panel.locator('.planning-text li').count()).toBeGreaterThan(1);
    expect(await panel.locator('input').count()).toBe(0);
    expect(await complaintsOf(opened)).toEqual([]);
    await opened.page.close();
  });

  it('shows an ensemble: its answer, the oracle, pools and models, and nothing of merging', async () => {
    const report = ensembleDocument(inputOf(complementary(4, 60, 4, 5, 3)));
    const opened = await pages.openFile(ensembleState(report));
    const { page } = opened;
    await drawAll(page);
    // Sixty samples do not show that a mixture, which can be had, is better than the best model alone.
    expect(await page.locator('.answer-large').textContent()).toBe('1');
    const titles = await page.locator('.panel:visible h2').allTextContents();
    expect(titles.map((title) => title.trim())).toEqual(['Answer', 'Oracle', 'Pools', 'Models', 'Run']);
    await page.locator('#panel-ensemble').getByLabel('Show as table').first().click();
    await expect.poll(() => page.locator('#panel-ensemble table tbody tr').count()).toBe(4);
    expect(await complaintsOf(opened)).toEqual([]);
    await page.close();
  });

  it('offers what a file can do and nothing that only an editor can', async () => {
    const { page } = await pages.openFile(sampleState());
    expect(await page.locator('.answer-subset vscode-button').allTextContents()).toEqual(['Copy names']);
    expect(await page.locator('#panel-run vscode-button').count()).toBe(0);
    await page.close();
  });

  it('saves the curve as a picture and the merges as CSV', async () => {
    const { page } = await pages.openFile(sampleState());
    const [picture] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#panel-curve').getByLabel('Save as PNG').click(),
    ]);
    expect(picture.suggestedFilename()).toBe('nine-domains-curve.png');
    const bytes = readFileSync(await picture.path());
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeGreaterThan(20_000);
    const [table] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#panel-subsets').getByLabel('Save as CSV').click(),
    ]);
    const lines = readFileSync(await table.path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(lines).toHaveLength(512);
    expect(lines[0]).toMatch(/^k,objective,seed,experts,design,algebra/);
    expect(lines[1]).toContain('algebra analysis biology chemistry discrete geometry number_theory physics');
    await page.close();
  });

  it('changes between light and dark, and draws the charts anew in it', async () => {
    const { page } = await pages.openFile(sampleState());
    const colours = async (): Promise<unknown> =>
      page.evaluate(`document.querySelector('#panel-curve canvas').toDataURL()`);
    await page.locator('#panel-curve').scrollIntoViewIfNeeded();
    const before = await colours();
    const was = await page.evaluate('document.body.className');
    await page.getByLabel('Change between light and dark').click();
    await page.waitForFunction(`document.body.className !== ${JSON.stringify(was)}`);
    await expect.poll(colours).not.toBe(before);
    await page.close();
  });

  it('keeps what the reader has set over a reload', async () => {
    const { page } = await pages.openFile(sampleState());
    await page.getByLabel('biology: with or without it').click();
    await page.locator('#title-spread button').click();
    await page.reload();
    await page.waitForSelector('body.ready');
    expect(await page.locator('#panel-subsets .grid-bar').textContent()).toContain('256 of 511 merges');
    expect(await page.locator('#title-spread button').getAttribute('aria-expanded')).toBe('false');
    await page.close();
  });

  it.each([420, 1200])('at %d pixels nothing makes the page scroll sideways', async (width) => {
    const { page } = await pages.openFile(sampleState(), { width });
    await drawAll(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
  });
});

describe('hostile text', () => {
  it('is shown as text, changes nothing else, and leaves no room for itself', async () => {
    const report = syntheticReport({
      pool: HOSTILE,
      domains: ['<b>d</b>', 'y'.repeat(10_000)],
      methods: ['<u>m</u>', 'z'.repeat(10_000)],
      sizes: ['</title>', '\u202e'],
      name: '<h1>name</h1>',
    });
    const warnings = [{ code: 'x', message: `<iframe src="x"></iframe> ${'w'.repeat(10_000)}` }];
    const problem = {
      code: 'x',
      message: '<form action="x">',
      fix: '<a href="javascript:alert(1)">mend</a>',
    };
    const opened = await pages.openFile(
      dashboardState(
        { ...report, warnings },
        { problem, stale: '<script>alert(1)</script>', file: '<i>f</i>' },
      ),
      { width: 420 },
    );
    const { page } = opened;
    await drawAll(page);
    await page.locator('#panel-curve').getByLabel('Show as table').click();
    await page.locator('.grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.locator('main :is(img, iframe, form, a, u, b, i, h1), main script').count()).toBe(0);
    expect(await page.locator('h1').textContent()).toBe('<h1>name</h1>');
    expect(await page.locator('.answer-subset .chip').allTextContents()).toContain(
      '</script><script>alert(1)</script>',
    );
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(420);
    expect(await page.evaluate('document.body.innerText')).not.toMatch(/\u202e|NaN|undefined/);
    expect(await complaintsOf(opened)).toEqual([]);
    await page.close();
  });
});

describe('65,535 merges', () => {
  it('are drawn as ribbons, and the table holds only the rows that are seen', async () => {
    const opened = await pages.openFile(
      dashboardState(syntheticReport({ pool: names(16, 'e'), domains: ['a', 'b'] })),
    );
    const { page } = opened;
    const grid = page.locator('.grid');
    await grid.scrollIntoViewIfNeeded();
    expect(await grid.getAttribute('aria-rowcount')).toBe('65536');
    expect(await grid.locator('.grid-body .grid-row').count()).toBeLessThan(60);
    await grid.focus();
    await page.keyboard.press('End');
    await page.waitForSelector('[aria-rowindex="65536"].cursor');
    expect(await page.locator('#panel-curve .legend').textContent()).toContain('90% of merges');
    await page.getByLabel('e_3: with or without it').click();
    await expect
      .poll(() => page.locator('#panel-subsets .grid-bar').textContent())
      .toContain('32,768 of 65,535 merges');
    await setTheme(page, 'vscode-high-contrast');
    expect(await complaintsOf(opened)).toEqual([]);
    await page.close();
  });
});
