/** What may be written in `hosts.yaml` at the cursor, and what a key of it means. */
import type { Path } from '../../core/experiment/diagnostic.ts';
import { HOST_KEYS, type HostKey, SLURM_ABOUT } from '../../core/hosts/host-keys.ts';
import { placeAt } from '../language/cursor-place.ts';
import { type Completion, fitted, type Suggestion } from '../language/fit-completion.ts';
import { entryAt, namesIn, type OutlineEntry, outlineOf } from '../language/outline.ts';

/** `aliases`: of the ssh configuration. */
export function hostsCompletions(
  text: string,
  offset: number,
  aliases: readonly string[],
): readonly Completion[] {
  const place = placeAt(text, offset);
  if (!place || place.role === 'item') return [];
  const { path, role, hasColon } = place;
  if (role === 'value') return fitted(text, place, valuesAt(path, aliases));
  const typed = text.slice(...place.word);
  const present = namesIn(text, entryAt(outlineOf(text).root, path)).filter((name) => name !== typed);
  const names = path.length === 0 ? aliases : Object.keys(keysIn(path));
  const suggestions = names
    .filter((name) => !present.includes(name))
    .map((name): Suggestion => {
      const insert = hasColon ? name : path.length === 0 ? `${name}: { $0 }` : `${name}: `;
      const documentation = keysIn(path)[name]?.about ?? '';
      return {
        label: name,
        kind: 'key',
        insert,
        snippet: insert.includes('$'),
        documentation,
        again: !hasColon,
      };
    });
  return fitted(text, place, suggestions);
}

/** Of the key at an offset, with its place; null beside any. */
export function hostsHover(
  text: string,
  offset: number,
): { readonly about: string; readonly at: readonly [number, number] } | null {
  const within = (entry: OutlineEntry): OutlineEntry | null => {
    for (const child of entry.children) {
      const [begin, end] = child.name;
      if (child.key !== null && begin <= offset && offset <= end) return child;
      const found = within(child);
      if (found) return found;
    }
    return null;
  };
  const entry = within(outlineOf(text).root);
  const known = entry && keysIn(entry.path.slice(0, -1))[String(entry.key)];
  return known ? { about: `${known.about} For example \`${known.example}\`.`, at: entry.name } : null;
}

/** Keys of the map at a path: of a host, or of its `slurm`. */
function keysIn(path: Path): Readonly<Record<string, HostKey>> {
  if (path.length === 1) return HOST_KEYS;
  return path.length === 2 && path[1] === 'slurm' ? SLURM_ABOUT : {};
}

function valuesAt(path: Path, aliases: readonly string[]): readonly Suggestion[] {
  const key = keysIn(path.slice(0, -1))[String(path.at(-1))];
  if (!key) return [];
  const names = path.at(-1) === 'ssh' ? aliases : [];
  return [...names, key.example].map((value) => ({
    label: value,
    kind: 'value',
    insert: value,
    detail: names.includes(value) ? 'ssh configuration' : 'for example',
  }));
}
