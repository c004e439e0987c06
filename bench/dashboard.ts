/**
 * How long the dashboard takes until its answer, curve and table are painted: as a file (from opening it), and with a
 * host (from the moment a state arrives, and again for a newer one). An empty page in the same browser is the baseline.
 */

import type { Report } from '../core/report/report.ts';
import { DashboardPages } from '../test/webview/browser/dashboard-pages.ts';
import { sampleReport } from '../test/webview/sample.ts';
import { dashboardState, names, stateMessage, syntheticReport } from '../test/webview/synthetic-report.ts';

const RUNS = 5;

/** Resolves after the frame that shows what is there now. */
const PAINTED =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))';
/** Milliseconds since the page was opened, when answer, curve and table were there. */
const COMPLETE = `(async () => {
  while (!document.querySelector('body.ready #panel-curve canvas[aria-label]') || !document.querySelector('.grid-body .grid-row'))
    await new Promise((next) => requestAnimationFrame(next));
  return ${PAINTED};
})()`;

const cases: readonly (readonly [string, Report, number])[] = [
  ['511 merges, the sample', sampleReport(), 1],
  [
    '65,535 merges, nine domains',
    syntheticReport({ pool: names(16, 'expert'), domains: names(9, 'domain') }),
    2,
  ],
];

const pages = new DashboardPages();
await pages.start();
try {
  const empty = await median(async () => {
    const { page } = await pages.openHosted(null);
    const taken: number = await page.evaluate(PAINTED);
    await page.close();
    return taken;
  });
  console.log(`an empty page of ours                    ${text(empty)}`);
  for (const [name, report, goal] of cases) {
    const state = dashboardState(report);
    const file = await median(async () => {
      const { page } = await pages.openFile(state);
      const taken: number = await page.evaluate(COMPLETE);
      await page.close();
      return taken;
    });
    console.log(`${name}`);
    console.log(
      `  as a file, from opening it             ${text(file)}  goal ${goal} s  ${(file / empty).toFixed(1)} empty pages`,
    );
    const [first, next] = await hosted(state);
    console.log(`  with a host, from the first state      ${text(first)}  goal ${goal} s`);
    console.log(`  with a host, from a newer state        ${text(next)}`);
  }
} finally {
  await pages.stop();
}

/** Milliseconds from a state's arrival to its paint: of the first state, and of one that follows. */
async function hosted(state: ReturnType<typeof dashboardState>): Promise<readonly [number, number]> {
  const firsts: number[] = [];
  const nexts: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const opened = await pages.openHosted(null);
    const { page } = opened;
    // The message is handed over first, so that only the page's own work is timed.
    await page.evaluate(`window.deliver = (message) => { window.held = message; }`);
    await opened.post(stateMessage(state));
    const give = (complete: string): string =>
      `(async () => { const from = performance.now(); window.postMessage(window.held, '*'); return (await ${complete}) - from; })()`;
    firsts.push(await page.evaluate(give(COMPLETE)));
    nexts.push(
      await page.evaluate(
        give(
          `(async () => { await new Promise((next) => addEventListener('message', next, { once: true })); return ${PAINTED}; })()`,
        ),
      ),
    );
    await page.close();
  }
  return [middle(firsts), middle(nexts)];
}

async function median(measure: () => Promise<number>): Promise<number> {
  const taken: number[] = [];
  for (let run = 0; run < RUNS; run++) taken.push(await measure());
  return middle(taken);
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function text(milliseconds: number): string {
  return `${milliseconds.toFixed(0).padStart(5)} ms`;
}
