import { describe, expect, it, vi } from 'vitest';
import { copyEnsembleSample, mergedLine } from '../ensemble-sample.ts';
import { journey } from './journey.ts';

/** The agent starts, and other tests may be at work. */
const SOON = { timeout: 240_000 };

describe('an ensemble', () => {
  it('is run, answers beside its lines and on the dashboard, and is held against a merge of its models', async () => {
    const { window } = await journey({ name: 'ensemble', sample: copyEnsembleSample });
    await window.codeLens('▶ Run (6 models').click();
    await window.hint('another run of').waitFor(SOON);
    const page = window.webview();
    await window.codeLens('■ Stop').waitFor({ state: 'detached', ...SOON });
    await window.hint('serve ').waitFor(SOON);
    expect(await window.hintsIn('neox:')).toMatch(/^\d\.\d+( ± \d\.\d+)?( ✓)?$/);
    expect(await window.hintsIn('again:')).toMatch(/another run of \w+$/);
    const hover = await window.hover('biology:', 'biology');
    expect(await hover.textContent()).toMatch(/By itself \d\.\d+/);

    await page.locator('.answer-large', { hasText: /^[12]$/ }).waitFor(SOON);
    expect(await page.locator('.panel:visible h2').allInnerTexts()).toEqual([
      'Answer',
      'Oracle',
      'Pools',
      'Models',
      'Run',
    ]);
    expect(await page.locator('.answer-text').textContent()).toMatch(/Serve [\s\S]*noise/);
    await window.screenshot('ensemble-run');

    await window.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(`\n  ${mergedLine}`)})`);
    // Hints make the line too wide to be clicked in its middle.
    await window.line('neox:').locator('span:text("neox")').first().click();
    await window.press('End');
    await window.press('ControlOrMeta+V');
    await window.codeLens('▶ Run').click();
    await window.hint('merge').waitFor(SOON);
    const pools = page.locator('#panel-pools');
    await pools.getByText('Merging against the ensemble with its mixture').first().waitFor(SOON);
    // Cheap, and so a run of its own behind the other: what was merged shares a tokenizer.
    const averaged = page.getByText(/^The logits of algebra, biology, chemistry and physics averaged: \d/);
    await averaged.first().waitFor(SOON);
    await pools.scrollIntoViewIfNeeded();
    await window.screenshot('ensemble-merge');
    await vi.waitFor(async () => expect(await window.codeLenses()).toEqual(['Plan', 'Dashboard']), SOON);
  });
});
