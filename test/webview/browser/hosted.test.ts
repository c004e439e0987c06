/** The page with a host: what it asks for, and that a new state moves nothing that the reader has set. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { underBudget } from '../../../core/planning/planning.ts';
import type { Report } from '../../../core/report/report.ts';
import { CONTRACT, type ToPage } from '../../../webview/messages.ts';
import { complementary, inputOf } from '../../ensemble/pools.ts';
import { ensembleDocument, ensembleState } from '../ensemble-state.ts';
import { must, sampleReport, threeSizesReport } from '../sample.ts';
import { dashboardState, names, stateMessage, syntheticReport, worker } from '../synthetic-report.ts';
import { complaintsOf, DashboardPages, EXPERIMENT, type Opened } from './dashboard-pages.ts';

const pages = new DashboardPages();
beforeAll(() => pages.start());
afterAll(() => pages.stop());

const report = sampleReport();
const recommended = must(must(report.cells[0]).selection?.recommended);
const merge = { size: 'default', method: 0, members: recommended.members, seed: null };

/** The report a moment later: one merge more, and one sentence that says so. */
function later(made: Report): Report {
  const cell = must(made.cells[0]);
  return {
    ...made,
    headline: { ...made.headline, sentence: 'Later.' },
    cells: [{ ...cell, curves: cell.curves.map((curve) => ({ ...curve })), merges: { ...cell.merges } }],
  };
}

async function settled({ page }: Opened): Promise<void> {
  await page.evaluate(
    'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
  );
}

async function replies(opened: Opened): Promise<unknown[]> {
  return (await opened.sent()).filter(({ kind }) => kind !== 'ready' && kind !== 'drawn');
}

describe('host', () => {
  it('is asked to average the logits of pools that were left out', async () => {
    const input = inputOf(complementary(3, 60, 3, 5, 1), [{}, {}, {}]);
    const unaveraged = [{ members: ['m0', 'm2'], seconds: 200, cheap: false }];
    const plan = { total: 3, done: 3, failed: 0, missing: 0, seconds: 0 };
    const opened = await pages.openHosted(ensembleState(ensembleDocument(input, { unaveraged }), { plan }));
    await opened.page.getByText('Average logits of 1 pool', { exact: true }).click();
    expect(await replies(opened)).toEqual([{ kind: 'verify' }]);
    expect(await complaintsOf(opened)).toEqual([]);
    await opened.page.close();
  });

  it('is asked for a state once, and its buttons say what they are for', async () => {
    const opened = await pages.openHosted(dashboardState(report));
    const { page } = opened;
    const asked = (await opened.sent()).filter(({ kind }) => kind !== 'drawn');
    expect(asked).toEqual([{ kind: 'ready', contract: CONTRACT }]);
    const answer = page.locator('.answer-subset');
    for (const label of ['Insert', 'Merge to folder…', 'Copy names', 'Copy mergekit YAML'])
      await answer.getByText(label, { exact: true }).click();
    await page.locator('.top-file').click();
    for (const label of ['Refresh', 'Show log']) await page.locator('#panel-run').getByText(label).click();
    expect(await replies(opened)).toEqual([
      { kind: 'insert', merge },
      { kind: 'merge', merge },
      { kind: 'copy_subset', merge, as: 'names' },
      { kind: 'copy_subset', merge, as: 'mergekit' },
      { kind: 'open_file' },
      { kind: 'refresh' },
      { kind: 'show_log' },
    ]);
    expect(await complaintsOf(opened)).toEqual([]);
    await page.close();
  });

  it('is told the seed of the row that is picked, where the method is random', async () => {
    const random = syntheticReport({ pool: names(3, 'e'), domains: ['d'], methods: ['dare'], seeds: [5, 6] });
    const opened = await pages.openHosted(dashboardState(random));
    const { page } = opened;
    await page.locator('.grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.picked').getByText('Merge to folder…').click();
    const seed = Number(/seed (\d)/.exec((await page.locator('.picked').textContent()) ?? '')?.[1]);
    expect([5, 6]).toContain(seed);
    await page.locator('#panel-subsets .grid-bar').getByLabel('Copy as CSV').click();
    const [merged, copied] = await replies(opened);
    expect(merged).toMatchObject({ kind: 'merge', merge: { size: 'default', seed } });
    // As in the CSV that the command line writes.
    expect((copied as { readonly text: string }).text).toContain(',e_0 e_1 e_2,');
    await page.close();
  });

  it('is asked what another budget gives, and asked again for a newer report', async () => {
    const sizes = threeSizesReport();
    const planning = must(must(sizes.study).planning);
    const opened = await pages.openHosted(dashboardState(sizes));
    const { page } = opened;
    const panel = page.locator('#panel-planning');
    const hours = panel.getByLabel('GPU-hours', { exact: true });
    await hours.fill('40');
    await hours.press('Tab');
    const budget = { ...planning.budget, gpu_hours: 40 };
    await settled(opened);
    expect(await replies(opened)).toEqual([{ kind: 'plan', budget }]);
    await opened.post({ kind: 'planned', contract: CONTRACT, planning: underBudget(planning, budget) });
    await settled(opened);
    expect(await panel.locator('.planning-text').textContent()).toContain('M (152k) with 1 expert');
    await opened.post(stateMessage(dashboardState({ ...sizes })));
    await settled(opened);
    expect(await replies(opened)).toHaveLength(2);
    await panel.getByLabel('GPU-hours, slider').press('End');
    await settled(opened);
    const [, , third] = await replies(opened);
    expect((third as { budget: { gpu_hours: number } }).budget.gpu_hours).toBeGreaterThan(1000);
    await panel.getByText('As in the file').click();
    await settled(opened);
    expect(await panel.locator('.planning-text').textContent()).toContain('L (525k) with 1 expert');
    expect(await replies(opened)).toHaveLength(3);
    expect(await complaintsOf(opened)).toEqual([]);
    await page.close();
  });

  it('is asked to run, to stop, and to stop now', async () => {
    const plan = { total: 521, done: 509, failed: 0, missing: 12, seconds: 1 };
    const opened = await pages.openHosted(dashboardState(report, { plan }));
    const { page } = opened;
    await page.locator('.top').getByText('Run (12 new)').click();
    await opened.post(
      stateMessage(dashboardState(report, { run: { state: 'running', workers: [worker], pace: [] } })),
    );
    await page.locator('.top').getByText('Stop', { exact: true }).click();
    await page.locator('#panel-run').getByText('Stop now').click();
    expect(await replies(opened)).toEqual([
      { kind: 'run' },
      { kind: 'stop', now: false },
      { kind: 'stop', now: true },
    ]);
    await page.close();
  });

  it('is told of a newer state without the report that it has', async () => {
    const opened = await pages.openHosted(dashboardState(report));
    const { page } = opened;
    const answer = (): Promise<string | null> => page.locator('#panel-answer').textContent();
    const before = await answer();
    const run = { state: 'running', workers: [worker], pace: [] } as const;
    const { report: sent, ...rest } = dashboardState(report, { run });
    expect(sent).toBe(report);
    await opened.post({ kind: 'same_report', contract: CONTRACT, state: rest });
    await page.locator('.top').getByText('Stop', { exact: true }).waitFor();
    expect(await answer()).toBe(before);
    await page.close();
  });

  it('runs and merges nothing in a workspace that is not trusted', async () => {
    const plan = { total: 521, done: 509, failed: 0, missing: 12, seconds: 1 };
    const opened = await pages.openHosted(dashboardState(report, { plan, trusted: false }));
    for (const place of ['.top vscode-button', '.answer-subset vscode-button >> nth=1']) {
      const button = opened.page.locator(place).first();
      expect(await button.getAttribute('aria-disabled')).toBe('true');
      await button.evaluate('(element) => element.click()');
    }
    expect(await replies(opened)).toEqual([]);
    await opened.page.close();
  });

  it('of another version is told so instead of misread', async () => {
    const opened = await pages.openHosted(null);
    await opened.post({ ...stateMessage(dashboardState(report)), contract: 99 } as unknown as ToPage);
    await opened.page.getByText('different versions').waitFor();
    expect(await opened.page.locator('.answer-large').count()).toBe(0);
    await opened.page.close();
  });

  it('can show a panel: opened, in view, with the focus', async () => {
    const kept = { version: 1, collapsed: ['subsets'] };
    const opened = await pages.openHosted(dashboardState(report), { kept });
    await opened.post({ kind: 'show', panel: 'subsets' });
    await opened.page.waitForSelector('#title-subsets button[aria-expanded="true"]:focus');
    expect(await opened.page.locator('#title-subsets').isVisible()).toBe(true);
    await opened.page.close();
  });
});

describe('a new state', () => {
  it('keeps zoom, focus, scroll, filter, pick and hidden series, and the very canvas', async () => {
    const opened = await pages.openHosted(dashboardState(report));
    const { page } = opened;
    const canvas = page.locator('#panel-curve canvas');
    await canvas.scrollIntoViewIfNeeded();
    await canvas.focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await page.locator('#panel-curve .legend').getByText('Chosen subset').click();
    await page.getByLabel('code: with or without it').click();
    const grid = page.locator('.grid');
    await grid.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter', 'PageDown', 'PageDown'])
      await page.keyboard.press(key);
    const look = async (): Promise<unknown> =>
      page.evaluate(`({
        scroll: document.querySelector('.grid').scrollTop,
        focus: document.activeElement.className,
        row: document.querySelector('.cursor')?.id,
        rows: document.querySelector('#panel-subsets .grid-bar').innerText,
        picked: document.querySelector('.picked').innerText,
        reset: document.querySelectorAll('[aria-label="Reset zoom"]').length,
        picture: [...document.querySelector('#panel-curve canvas').toDataURL()].reduce((hash, letter) => (31 * hash + letter.charCodeAt(0)) | 0, 0),
      })`);
    // Where it is seen: the browser keeps it there when what is above grows or shrinks.
    const place = async (): Promise<number> =>
      page.evaluate(`document.querySelector('.grid').getBoundingClientRect().top`);
    await settled(opened);
    const [before, wasAt] = [await look(), await place()];
    expect(before).toMatchObject({ focus: 'grid', reset: 1, rows: '256 of 511 merges' });
    await page.evaluate(`document.querySelector('#panel-curve canvas').mine = true`);
    for (let i = 0; i < 5; i++) await opened.post(stateMessage(dashboardState(later(report))));
    await page.getByText('Later.').waitFor();
    await settled(opened);
    expect(await look()).toEqual(before);
    expect(Math.abs((await place()) - wasAt)).toBeLessThan(1);
    expect(await page.evaluate(`document.querySelector('#panel-curve canvas').mine`)).toBe(true);
    expect(await complaintsOf(opened)).toEqual([]);
    await page.close();
  });

  it('takes the focus from nothing, not even a title of the table or a legend', async () => {
    const opened = await pages.openHosted(dashboardState(report));
    const { page } = opened;
    for (const place of [
      '.grid-sort',
      '.legend-item',
      '.panel-toggle',
      '.answer-subset vscode-button',
      '.chip-filter',
    ]) {
      await page.locator(place).first().focus();
      await page.evaluate('document.activeElement.mine = true');
      await opened.post(stateMessage(dashboardState(later(report))));
      await settled(opened);
      expect(await page.evaluate('document.activeElement.mine'), place).toBe(true);
    }
    await page.close();
  });

  it('of another method is not shown with the zoom of this one', async () => {
    const opened = await pages.openHosted(dashboardState(report));
    const { page } = opened;
    await page.locator('#panel-curve canvas').focus();
    await page.keyboard.press('+');
    await page.waitForSelector('[aria-label="Reset zoom"]');
    await page.locator('.top vscode-single-select').click();
    await page.locator('.top vscode-single-select').getByText('code', { exact: true }).last().click();
    await page.waitForSelector('[aria-label="Reset zoom"]', { state: 'detached' });
    expect(await page.locator('#panel-curve .panel-note').textContent()).toContain('code');
    await page.close();
  });

  it('is drawn once a frame however many arrive', async () => {
    const opened = await pages.openHosted(dashboardState(report));
    await opened.page.evaluate(`(() => {
      window.changes = 0;
      new MutationObserver(() => { window.changes += 1; }).observe(document.querySelector('.answer-text'), { subtree: true, characterData: true, childList: true });
    })()`);
    const message = JSON.stringify({ ...later(report), cells: [] });
    await opened.page.evaluate(`(() => {
      const base = ${JSON.stringify(stateMessage(dashboardState(null)))};
      const report = ${message};
      for (let i = 0; i < 50; i++) window.deliver({ ...base, state: { ...base.state, report: { ...report, headline: { ...report.headline, sentence: 'State ' + i } } } });
    })()`);
    await opened.page.getByText('State 49').waitFor();
    expect(await opened.page.evaluate('window.changes')).toBeLessThan(10);
    await opened.page.close();
  });
});

describe('what the host keeps', () => {
  it('names the experiment before the first state, and what was kept before stays', async () => {
    const fresh = await pages.openHosted(null);
    expect(await fresh.page.evaluate('window.kept')).toEqual({ uri: EXPERIMENT });
    await fresh.page.close();
    const { page } = await pages.openHosted(null, { kept: { version: 1, domain: 'physics' } });
    await page.evaluate(`dispatchEvent(new Event('pagehide'))`);
    expect(await page.evaluate('window.kept')).toMatchObject({ uri: EXPERIMENT, domain: 'physics' });
    await page.close();
  });

  it('names the experiment, and brings a page back as it was', async () => {
    const opened = await pages.openHosted(dashboardState(report));
    const { page } = opened;
    await page.locator('#title-methods button').click();
    await page.locator('.top vscode-single-select').click();
    await page.locator('.top vscode-single-select').getByText('physics', { exact: true }).last().click();
    // The answer says that it stays with all domains, and moves what is below it.
    await settled(opened);
    await page.evaluate('scrollTo(0, 400)');
    await expect.poll(() => page.evaluate('window.kept.scroll')).toBe(400);
    const kept = (await page.evaluate('window.kept')) as { readonly uri: string };
    expect(kept).toMatchObject({ uri: EXPERIMENT, domain: 'physics', collapsed: ['methods'] });
    await page.close();
    const again = await pages.openHosted(dashboardState(report), { kept });
    await settled(again);
    expect(await again.page.locator('#panel-curve .panel-note').textContent()).toContain('physics');
    expect(await again.page.evaluate('scrollY')).toBe(400);
    await again.page.close();
  });

  it('from another version is left alone', async () => {
    const opened = await pages.openHosted(dashboardState(report), { kept: { version: 7, collapsed: 'all' } });
    expect(await opened.page.locator('#panel-curve canvas').count()).toBe(1);
    expect(await complaintsOf(opened)).toEqual([]);
    await opened.page.close();
  });
});
