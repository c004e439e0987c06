// @ts-check
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { SetupFailure } from './failure.mjs';

/**
 * Known before an hour of downloading rather than after it.
 * @param {string} folder one that may be made yet
 * @param {number} bytes
 * @param {import('./failure.mjs').Words} words
 */
export function requireSpace(folder, bytes, words) {
  const free = freeBytes(folder);
  if (free === null || free >= bytes) return;
  const gb = (/** @type {number} */ value) => `${(value / 1e9).toFixed(1)} GB`;
  throw new SetupFailure(
    `The disk is full: this step needs ${gb(bytes)} and ${gb(free)} are free.`,
    `Free that much ${words.place}, then start again${words.kept}.`,
    'disk_full',
  );
}

/**
 * Of the nearest folder that exists; null where the system does not say.
 * @param {string} folder
 * @returns {number | null}
 */
function freeBytes(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return dirname(folder) === folder ? null : freeBytes(dirname(folder));
  }
}
