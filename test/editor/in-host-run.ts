/** Runs tests inside the extension host of a real VS Code, with the extension from its folder. */
import type { Page } from 'playwright-core';
import { launchChromium } from '../chromium.ts';
import { agentPython, agentSettings } from './installed.ts';
import { Life } from './life.ts';
import { Profile } from './profile.ts';
import { copySample, type Sample } from './sample.ts';
import { VsCodeServer } from './server.ts';
import { testSettings } from './settings.ts';
import { openPage } from './window.ts';

export interface InHostRun {
  /** Of its logs. */
  readonly name: string;
  /** Folder of the extension under development. */
  readonly extension: string;
  /** A CommonJS file whose `run()` is the tests. */
  readonly tests: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Its folder is not trusted; trusted unless said. */
  readonly untrusted?: boolean;
  /** What else lies in the copy of the sample that is open. */
  readonly prepare?: (sample: Sample) => void;
  readonly limitMs: number;
  /** Every line that the page logs. */
  readonly onLine: (line: string) => void;
}

/** @returns the tests' exit code. Throws where VS Code did not come so far, or not in time. */
export async function runInHost(run: InHostRun): Promise<number> {
  const profile = new Profile({ user: testSettings, machine: agentSettings() });
  const sample = copySample(profile.folder);
  run.prepare?.(sample);
  const life = new Life();
  try {
    life.defer(() => profile.remove());
    const server = await VsCodeServer.start({
      profile,
      name: run.name,
      payload: true,
      ...(run.untrusted ? { trust: true } : {}),
      env: { MERGE_LAB_PYTHON: agentPython(), ...run.env },
    });
    life.defer(() => server.stop());
    const browser = await launchChromium();
    life.defer(() => browser.close());
    const page = await openPage(browser, run.name);
    const ended = await exitOf(page, run.onLine);
    await page.goto(
      server.address(sample.folder, [
        ['extensionDevelopmentPath', server.remote(run.extension)],
        ['extensionTestsPath', server.remote(run.tests)],
        ['skipWelcome', 'true'],
      ]),
    );
    return await inTime(ended, run.limitMs, server.log);
  } finally {
    await life.end();
  }
}

interface Exit {
  readonly code: Promise<number>;
}

/** What VS Code calls on its page as it would on a desktop's process. */
async function exitOf(page: Page, onLine: (line: string) => void): Promise<Exit> {
  const { promise, resolve } = Promise.withResolvers<number>();
  await page.exposeFunction('codeAutomationLog', (_type: string, args: readonly unknown[]) =>
    onLine(args.map(String).join(' ')),
  );
  await page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
  return { code: promise };
}

async function inTime({ code }: Exit, limitMs: number, log: string): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The tests did not end within ${limitMs / 1000} s (logs beside ${log}).`)),
      limitMs,
    );
  });
  try {
    return await Promise.race([code, late]);
  } finally {
    clearTimeout(timer);
  }
}
