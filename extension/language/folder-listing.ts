import { readdir } from 'node:fs/promises';
import type { Listed, ListFolder } from './completion.ts';

/** Typing asks for the same folder again and again. */
const KEPT_MS = 3_000;

/** Lists folders for completion; what cannot be read is empty. */
export function folderLister(now: () => number = Date.now): ListFolder {
  const kept = new Map<string, { readonly at: number; readonly entries: Promise<readonly Listed[]> }>();
  return (folder) => {
    const known = kept.get(folder);
    if (known && now() - known.at < KEPT_MS) return known.entries;
    for (const [name, { at }] of kept) if (now() - at >= KEPT_MS) kept.delete(name);
    const entries = read(folder);
    kept.set(folder, { at: now(), entries });
    return entries;
  };
}

async function read(folder: string): Promise<readonly Listed[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .map((entry): Listed => ({ name: entry.name, kind: isFolder(entry) ? 'folder' : 'file' }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en'));
  } catch {
    return [];
  }
}

/** A link without an ending is taken for a folder, as models on shared disks are: asking would cost a look each. */
function isFolder(entry: { name: string; isDirectory(): boolean; isSymbolicLink(): boolean }): boolean {
  return entry.isDirectory() || (entry.isSymbolicLink() && !entry.name.includes('.'));
}
