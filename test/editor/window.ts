/** A window of a VS Code server: a page in Chromium, and what it logs. */
import { createWriteStream, type WriteStream } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { root } from './installed.ts';

export interface WindowSize {
  readonly width: number;
  readonly height: number;
  /** Pixels of the picture for each of the page; 1 unless said. */
  readonly scale?: number;
}

export const usualSize: WindowSize = { width: 1440, height: 900 };

/** An empty page; whatever it logs goes to `.tools/editor-logs/NAME.browser.log`. */
export async function openPage(browser: Browser, name: string, size = usualSize): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: size.width, height: size.height },
    deviceScaleFactor: size.scale ?? 1,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  // Enough for a machine that does much else; what is there sooner is not waited for.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const log = createWriteStream(path.join(root, '.tools', 'editor-logs', `${name}.browser.log`));
  page.on('console', (message) => write(log, `${message.type()} ${message.text()}`));
  page.on('pageerror', (error) => write(log, `pageerror ${error.message}`));
  page.on('close', () => log.end());
  return page;
}

function write(log: WriteStream, line: string): void {
  if (!log.writableEnded) log.write(`${new Date().toISOString()} ${line}\n`);
}
