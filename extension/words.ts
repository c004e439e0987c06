/** Numbers and names as people read them. */

import { plain as oneLine } from './language/plain-text.ts';

export { roughly as duration } from './language/numbers.ts';

/**
 * Text from a file or of a problem, made harmless for a message, a label or a tooltip: on one line, and without a link.
 * VS Code makes links of `[words](command:...)` in notifications.
 */
export function plain(text: string, most = 200): string {
  return oneLine(text.replace(/\s+/g, ' '), most).replaceAll('](', '] (');
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

export function counted(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? '' : 's'}`;
}

/** Decimal units, as disks are sold. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${unit === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`;
}
