/** Ctrl-C, or a signal, in the middle of a set-up of the checkout. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { gone } from '../runner/stand-in-python.ts';
import { Checkout } from './checkout.ts';

let fresh: Checkout | null = null;
afterEach(() => fresh?.remove());

describe.skipIf(process.platform === 'win32')('a set-up that is stopped', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s: ends what is at work, says so, and the next start makes all of it',
    async (signal, code) => {
      fresh = new Checkout();
      fresh.goodNpm();
      fresh.python();
      const file = path.join(fresh.folder, 'pids');
      const started = fresh.start(['merge-lab'], { FAKE_PYTHON: 'hang', FAKE_PIDS: file });
      while (!existsSync(file) || readFileSync(file, 'utf8') === '')
        await new Promise((resolve) => setTimeout(resolve, 20));
      const pids = readFileSync(file, 'utf8').split(' ').map(Number);
      started.child.kill(signal);
      const ended = await started.ended;
      expect(ended.code).toBe(code);
      expect(ended.err).toMatch(/Set-up stopped\. Starting again goes on from here\.\n$/);
      await gone(pids);
      fresh.calls();
      expect(fresh.run(['merge-lab']).code).toBe(0);
      // What was cut is made anew.
      expect(fresh.calls().some((call) => call.startsWith('python -m venv'))).toBe(true);
    },
  );
});
