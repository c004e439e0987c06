/** Numbers with units, as people write them in the file. */
import { BYTE_COUNT, K_RANGE, PARAMETER_COUNT } from './schema.ts';

const DECIMAL: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, B: 1e9, T: 1e12 };

/** `14B` → 14e9 parameters; null where it is none. */
export function parameterCount(written: string | number): number | null {
  if (typeof written === 'number') return written;
  const match = PARAMETER_COUNT.exec(written);
  return match ? Number(match[1]) * (DECIMAL[match[2] ?? ''] ?? 1) : null;
}

/** `80GB` → 80e9, `80GiB` → 80·2³⁰ bytes; null where it is none. */
export function byteCount(written: string | number): number | null {
  if (typeof written === 'number') return written;
  const match = BYTE_COUNT.exec(written);
  if (!match) return null;
  const unit = match[2] ?? 'B';
  const prefix = unit === 'B' ? '' : (unit[0] ?? '');
  const factor = unit.includes('i') ? 1024 ** ' KMGT'.indexOf(prefix) : (DECIMAL[prefix] ?? 1);
  return Number(match[1]) * factor;
}

/** `sweep.k` as sorted, distinct numbers; whatever its form. */
export function kList(written: number | string | readonly number[]): readonly number[] {
  if (typeof written === 'number') return [written];
  if (typeof written !== 'string') return [...new Set(written)].sort((a, b) => a - b);
  const match = K_RANGE.exec(written);
  const first = Number(match?.[1]);
  const last = Number(match?.[2]);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
