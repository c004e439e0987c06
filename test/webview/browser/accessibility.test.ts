/** axe finds nothing, in all themes, in every shape of the page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshUi } from '../../../webview/page/state/ui-state.ts';
import { families, inputOf } from '../../ensemble/pools.ts';
import { ensembleDocument, ensembleState } from '../ensemble-state.ts';
import { sampleState, threeSizesReport } from '../sample.ts';
import { dashboardState, names, syntheticReport, worker } from '../synthetic-report.ts';
import { complaintsOf, DashboardPages, drawAll, type Opened, setTheme, THEMES } from './dashboard-pages.ts';

const pages = new DashboardPages();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

beforeAll(() => pages.start());
afterAll(() => pages.stop());

/** Each violation with where it is. */
async function violations({ page }: Opened): Promise<string[]> {
  await drawAll(page);
  await page.evaluate(axe);
  const results: AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}\n${failureSummary ?? ''}`),
  );
}

const methods = syntheticReport({
  pool: names(5, 'expert'),
  domains: names(3, 'domain'),
  methods: ['average', 'ties', 'dare 0.2'],
  sizes: ['S', 'L'],
  seeds: [0, 1],
});
const busy = dashboardState(methods, {
  stale: 'These numbers are of the file as it was.',
  problem: { code: 'agent_died', message: 'The agent ended.', fix: 'Run again.' },
  run: { state: 'running', workers: [worker], pace: [] },
  trusted: false,
});
const everythingAsTable = {
  ...freshUi,
  domain: 'domain_1',
  tables: ['curve', 'methods', 'sizes', 'differences', 'residuals', 'spread', 'experts'],
  subsets: {
    ...freshUi.subsets,
    has: ['expert_1'],
    hasNot: ['expert_3'],
    picked: { members: ['expert_1'], seed: 0 },
    atMost: 'x',
  },
};

const trying = {
  ...freshUi,
  budget: {
    gpu_hours: 40,
    hours_per_expert_per_billion: 2e5,
    max_parameters: null,
    memory_bytes: 4e5,
    target_loss: null,
  },
};
const FAMILIES = [1, 2, 4, 8].flatMap((parameters) =>
  ['x', 'y'].map((family) => ({ parameters: parameters * 1e8, family })),
);
const STUDY_CHARTS = [
  ...[
    'by-size',
    'iso-loss',
    'three-point',
    'variance',
    'orders',
    'pools',
    'transfer',
    'transfer-change',
    'planning',
  ],
];

describe.each(THEMES)('%s', (theme) => {
  it('the sample as a file', async () => {
    const opened = await pages.openFile(sampleState());
    await setTheme(opened.page, theme);
    expect(await violations(opened)).toEqual([]);
    expect(await complaintsOf(opened)).toEqual([]);
    await opened.page.close();
  });

  it('a run with methods, sizes, notices, filters and a pick, in an editor, narrow', async () => {
    const opened = await pages.openHosted(busy, { width: 420 });
    await setTheme(opened.page, theme);
    expect(await violations(opened)).toEqual([]);
    await opened.page.close();
  });

  it('all charts as tables', async () => {
    const opened = await pages.openHosted(busy, { kept: everythingAsTable });
    await setTheme(opened.page, theme);
    expect(await opened.page.locator('.data-table').count()).toBeGreaterThan(6);
    expect(await violations(opened)).toEqual([]);
    await opened.page.close();
  });

  it('sizes with their study, under a budget that is tried, in an editor', async () => {
    const opened = await pages.openHosted(dashboardState(threeSizesReport()), { kept: trying });
    await setTheme(opened.page, theme);
    expect(await violations(opened)).toEqual([]);
    expect(await complaintsOf(opened)).toEqual([]);
    await opened.page.close();
  });

  it('the study as tables, narrow', async () => {
    const opened = await pages.openHosted(dashboardState(threeSizesReport()), {
      width: 420,
      kept: { ...freshUi, tables: STUDY_CHARTS },
    });
    await setTheme(opened.page, theme);
    expect(await opened.page.locator('.data-table').count()).toBeGreaterThan(STUDY_CHARTS.length);
    expect(await violations(opened)).toEqual([]);
    await opened.page.close();
  });

  it('an ensemble, half of it as tables, narrow', async () => {
    const report = ensembleDocument(inputOf(families(FAMILIES, 60, 20, 20, 7), FAMILIES));
    const opened = await pages.openHosted(ensembleState(report), {
      width: 420,
      kept: { ...freshUi, tables: ['oracle', 'serving', 'families'] },
    });
    await setTheme(opened.page, theme);
    expect(await opened.page.locator('.data-table').count()).toBeGreaterThan(3);
    expect(await violations(opened)).toEqual([]);
    expect(await complaintsOf(opened)).toEqual([]);
    await opened.page.close();
  });

  it('nothing measured yet', async () => {
    const opened = await pages.openHosted(
      dashboardState(null, { run: { state: 'idle', workers: [], pace: [] } }),
    );
    await setTheme(opened.page, theme);
    expect(await violations(opened)).toEqual([]);
    await opened.page.close();
  });
});
