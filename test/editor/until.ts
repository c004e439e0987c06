import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until it is so. Throws, naming what never came, after 60 s. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  limitMs = 60_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await sleep(50);
  }
}
