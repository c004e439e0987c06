/** A Chromium for tests that look at pages: the one the set-up found or installed. */
import { type Browser, chromium } from 'playwright-core';
import * as setup from '../scripts/setup/chromium.mjs';

/** Its path. Throws where there is none. */
export function findChromium(): string {
  const found = setup.findChromium();
  if (found !== null) return found;
  throw new Error(
    process.env['MERGE_LAB_CHROMIUM']
      ? `MERGE_LAB_CHROMIUM names ${process.env['MERGE_LAB_CHROMIUM']}, which is not there.`
      : 'No Chromium was found: install Chromium or Chrome, or name one in MERGE_LAB_CHROMIUM.',
  );
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
  });
}
