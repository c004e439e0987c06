import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');

/** Of values: types have no say in results. */
const IMPORT = /^(?:import|export) (?!type\b)(?:[^;']* from )?'(\.{1,2}\/[^']+)'/gm;

/**
 * Of a module and all that it imports from this project, SHA-256 in hex: what its results depend on, apart from packages.
 * What only runs studies and keeps their rows does not count.
 */
export function sourceDigest(entry: string): string {
  const sources = new Map<string, string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const name = path.relative(root, file).split(path.sep).join('/');
    if (sources.has(name) || name.startsWith('scripts/soak/')) continue;
    const source = readFileSync(file, 'utf8');
    sources.set(name, source);
    for (const [, imported] of source.matchAll(IMPORT))
      waiting.push(path.resolve(path.dirname(file), imported as string));
  }
  const hash = createHash('sha256');
  for (const name of [...sources.keys()].sort()) hash.update(`${name}\n${sources.get(name)}\n`);
  return hash.digest('hex');
}
