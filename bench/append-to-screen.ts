/**
 * How long a result takes from the agent's append to the screen: the sample runs in a real VS Code, its result file is
 * read every few milliseconds, and the page says when it shows which count of merges. `node bench/append-to-screen.ts`;
 * with `--host` the agent's append is on a host behind ssh (a server on this machine), and the copy here is measured too.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { setUpHost } from '../runner/hosts/host-state.ts';
import { ResultFiles } from '../runner/result-files.ts';
import { buildAll } from '../scripts/build/all.ts';
import { launchChromium } from '../test/chromium.ts';
import { agentPython, agentSettings, root } from '../test/editor/installed.ts';
import { Life } from '../test/editor/life.ts';
import { Profile } from '../test/editor/profile.ts';
import { copySample, type Sample } from '../test/editor/sample.ts';
import { VsCodeServer } from '../test/editor/server.ts';
import { testSettings } from '../test/editor/settings.ts';
import { stopRuns } from '../test/editor/stop-runs.ts';
import { until } from '../test/editor/until.ts';
import { openPage } from '../test/editor/window.ts';
import { Sshd } from '../test/ssh/sshd.ts';

const LIMIT_MS = 300_000;
const isRemote = process.argv.includes('--host');
const GOAL_MS = isRemote ? 500 : 200;
/** A model of the sample is scored when it has a line of each. */
const DOMAINS = 9;
/** Results that arrive before the page stands say nothing of it. */
const WARM_UP = 40;
/** Merges on the dashboard; the run is stopped then. */
const ENOUGH = 240;

/** In the dashboard: when it first said "with n of 511 merges measured", which comes from the Report alone. */
const OBSERVE = `
  globalThis.seen = [];
  const answer = document.querySelector('[data-panel="answer"]') ?? document.body;
  new MutationObserver(() => {
    const count = Number(/with ([\\d,]+) of/.exec(answer.textContent)?.[1]?.replace(',', ''));
    if (count > (seen.at(-1)?.[0] ?? 0)) requestAnimationFrame(() => seen.push([count, Date.now()]));
  }).observe(answer, { subtree: true, childList: true, characterData: true });
`;

/** In the window: when the hint at `experts:` first said "so far, n of 521". */
const OBSERVE_HINT = `
  globalThis.hinted = [];
  const lines = [...document.querySelectorAll('.view-lines')].find((each) => each.textContent.includes('experts:'));
  new MutationObserver(() => {
    const count = Number(/so.far,.(\\d+).of/.exec(lines.textContent)?.[1]);
    if (count > (hinted.at(-1)?.[0] ?? 0)) hinted.push([count, Date.now()]);
  }).observe(lines, { subtree: true, childList: true, characterData: true });
  0;
`;

await buildAll();
const life = new Life();
try {
  const profile = new Profile({ user: testSettings, machine: agentSettings() });
  life.defer(() => profile.remove());
  const sample = copySample(profile.folder);
  // Of a run on a host the copy hears no end once the window is gone.
  if (!isRemote) life.defer(() => stopRuns(profile.folder));
  const copy = path.join(sample.folder, '.mergelab', isRemote ? 'gpu-box' : 'local', 'results');
  const results = isRemote ? await putOnHost(sample, profile) : copy;
  const env = isRemote ? { VSCODE_CLI: '1' } : {};
  const server = await VsCodeServer.start({ profile, name: 'bench', payload: true, env });
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
  const appended = watchResults(results);
  const copied = isRemote ? watchResults(copy) : null;
  await frame.evaluate(OBSERVE);
  await page.evaluate(OBSERVE_HINT);
  const shown = async (): Promise<number> => Number(await frame.evaluate('seen.at(-1)?.[0] ?? 0'));
  await until(`${ENOUGH} merges`, async () => (await shown()) >= ENOUGH, LIMIT_MS);
  for (const each of [appended, copied]) clearInterval(each?.timer);
  if (copied)
    report(
      'copy',
      appended.times,
      [...copied.times].map(([n, at]) => [n + 1, at]),
      0,
    );
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

/** Its models on a host that is ready, and the experiment there; the folder of the host's results. */
async function putOnHost({ folder, file }: Sample, profile: Profile): Promise<string> {
  const sshd = await Sshd.start();
  life.defer(() => sshd.remove());
  life.defer(() => stopRuns(sshd.folder));
  sshd.use();
  cpSync(path.join(folder, 'models'), path.join(sshd.home, 'models', 'models'), { recursive: true });
  writeFileSync(
    path.join(profile.home, 'hosts.yaml'),
    JSON.stringify({ [sshd.alias]: { python: agentPython(), workers: 1 } }),
  );
  writeFileSync(file, `${readFileSync(file, 'utf8').replace(/^target:.*\n/m, '')}target: ${sshd.alias}\n`);
  process.env['MERGE_LAB_HOME'] = profile.home;
  await setUpHost(sshd.alias, {
    agree: async () => true,
    isMeant: true,
    news: () => {},
    signal: new AbortController().signal,
  });
  return path.join(sshd.home, '.merge-lab', 'store', 'results');
}

/** When the n-th model had all its lines, from 0; each byte is read once, so that watching costs the run nothing. */
function watchResults(folder: string): {
  readonly times: Map<number, number>;
  readonly timer: NodeJS.Timeout;
} {
  const times = new Map<number, number>();
  const lines = new Map<string, number>();
  const rests = new Map<string, string>();
  const files = new ResultFiles(folder, (file, chunk) => {
    const text = (rests.get(file) ?? '') + Buffer.from(chunk).toString('latin1');
    const end = text.lastIndexOf('\n') + 1;
    rests.set(file, text.slice(end));
    for (const [, key = ''] of text.slice(0, end).matchAll(/^\{"key":"(\w+)"/gm)) {
      const count = (lines.get(key) ?? 0) + 1;
      lines.set(key, count);
      if (count === DOMAINS) times.set(times.size, Date.now());
    }
  });
  let looks = 0;
  const look = (): unknown => (looks++ % 20 === 0 ? files.scan() : files.poll());
  return { times, timer: setInterval(look, 5) };
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
    `append to ${what}: median ${quantile(0.5)} ms, 90% within ${quantile(0.9)} ms, 95% within ${quantile(0.95)} ms (${delays.length} results; goal ${GOAL_MS} ms)\n`,
  );
}
