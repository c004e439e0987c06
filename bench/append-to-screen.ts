/**
 * How long a result takes from the agent's append to the screen: the sample runs in a real VS Code, its result file is
 * read every few milliseconds, and the page says when it shows which count of merges. `node bench/append-to-screen.ts`
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { buildAll } from '../scripts/build/all.ts';
import { launchChromium } from '../test/chromium.ts';
import { agentSettings, root } from '../test/editor/installed.ts';
import { Life } from '../test/editor/life.ts';
import { Profile } from '../test/editor/profile.ts';
import { copySample } from '../test/editor/sample.ts';
import { VsCodeServer } from '../test/editor/server.ts';
import { testSettings } from '../test/editor/settings.ts';
import { stopRuns } from '../test/editor/stop-runs.ts';
import { openPage } from '../test/editor/window.ts';

const LIMIT_MS = 300_000;
/** Results that arrive before the page stands say nothing of it. */
const WARM_UP = 40;

/** In the dashboard: when it first said "with n of 511 merges measured", which comes from the Report alone. */
const OBSERVE = `
  globalThis.seen = [];
  new MutationObserver(() => {
    const count = Number(/with ([\\d,]+) of/.exec(document.body.textContent)?.[1]?.replace(',', ''));
    if (count > (seen.at(-1)?.[0] ?? 0)) requestAnimationFrame(() => seen.push([count, Date.now()]));
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
`;

/** In the window: when the hint at `experts:` first said "so far, n of 521". */
const OBSERVE_HINT = `
  globalThis.hinted = [];
  (async () => {
    for (;;) {
      await new Promise(requestAnimationFrame);
      const lines = [...document.querySelectorAll('.view-line')].map((line) => line.textContent.replaceAll('\\u00a0', ' '));
      const count = Number(/so far, (\\d+) of/.exec(lines.find((line) => line.includes('so far,')) ?? '')?.[1]);
      if (count > (hinted.at(-1)?.[0] ?? 0)) hinted.push([count, Date.now()]);
    }
  })();
  0;
`;

await buildAll();
const life = new Life();
try {
  const profile = new Profile({ user: testSettings, machine: agentSettings() });
  life.defer(() => profile.remove());
  const sample = copySample(profile.folder);
  life.defer(() => stopRuns(profile.folder));
  const server = await VsCodeServer.start({ profile, name: 'bench', payload: true });
  life.defer(() => server.stop());
  const browser = await launchChromium();
  life.defer(() => browser.close());
  const page = await openPage(browser, 'bench');
  await page.goto(
    server.address(sample.folder, [
      ['extensionDevelopmentPath', server.remote(root)],
      ['openFile', server.remote(sample.file)],
    ]),
  );
  await page.locator('.codelens-decoration a', { hasText: 'Run' }).first().click({ timeout: 60_000 });
  const frame = await dashboardFrame();
  const appended = watchResults(path.join(sample.folder, '.mergelab', 'local', 'results'));
  await frame.evaluate(OBSERVE);
  await page.evaluate(OBSERVE_HINT);
  await frame
    .getByText(/521 of 521/)
    .first()
    .waitFor({ timeout: LIMIT_MS });
  clearInterval(appended.timer);
  // The dashboard's count leaves out the base and nine experts, which come first.
  report('dashboard', appended.times, await frame.evaluate('seen'), 10);
  report('hints', appended.times, await page.evaluate('hinted'), 0);

  async function dashboardFrame(): Promise<Frame> {
    const element = await page
      .frameLocator('iframe.webview.ready')
      .locator('iframe#active-frame')
      .elementHandle({ timeout: 60_000 });
    const found = await element?.contentFrame();
    if (!found) throw new Error('the dashboard has no frame');
    return found;
  }
} finally {
  await life.end();
}

/** When the n-th merge was first there in the files, from 0; the base and the experts are not counted. */
function watchResults(folder: string): {
  readonly times: Map<number, number>;
  readonly timer: NodeJS.Timeout;
} {
  const times = new Map<number, number>();
  const look = (): void => {
    const keys = new Set<string>();
    for (const name of names(folder)) {
      const text = readFileSync(path.join(folder, name), 'utf8');
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      for (const [, key] of whole.matchAll(/^\{"key":"(\w+)"/gm)) keys.add(key ?? '');
    }
    const at = Date.now();
    for (let n = times.size; n < keys.size; n++) times.set(n, at);
  };
  return { times, timer: setInterval(look, 5) };
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  } catch {
    return [];
  }
}

/** @param before models that were scored before the first that is counted */
function report(
  what: string,
  appended: ReadonlyMap<number, number>,
  shown: readonly [number, number][],
  before: number,
): void {
  // Each result is on the screen with the first count that holds it.
  const delays: number[] = [];
  let next = WARM_UP;
  for (const [count, at] of shown) {
    for (; next < count; next++) {
      const written = appended.get(next + before);
      if (written !== undefined) delays.push(at - written);
    }
  }
  delays.sort((a, b) => a - b);
  const quantile = (share: number): number => delays[Math.floor(share * (delays.length - 1))] ?? Number.NaN;
  process.stdout.write(
    `append to ${what}: median ${quantile(0.5)} ms, 90% within ${quantile(0.9)} ms (${delays.length} results; goal 200 ms)\n`,
  );
}
