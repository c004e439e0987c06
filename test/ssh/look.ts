/** What tests look at on this machine: processes and files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Processes below one, by `/proc`. */
export function children(
  parent: number,
): { readonly pid: number; readonly name: string; readonly words: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const called = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        return Number(ppid) === parent ? [{ pid: Number(name), name: called, words }] : [];
      } catch {
        return [];
      }
    });
}

/** Every file below a folder, as text by relative path; empty where it is not there. */
export function filesBelow(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(folder, file), readFileSync(file, 'latin1')]),
  );
}
