/** Names of hosts in the user's ssh configuration, with all that it includes. Reaches for nothing but files. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { namesInSshConfig } from '../../core/hosts/ssh-config.ts';

const LARGEST = 1_000_000;
/** An include may include: a circle ends here. */
const MOST_FILES = 64;

/** @param home the user's home folder */
export async function sshAliases(home: string): Promise<readonly string[]> {
  const folder = path.join(home, '.ssh');
  const aliases = new Set<string>();
  const files = [path.join(folder, 'config')];
  for (let i = 0; i < Math.min(files.length, MOST_FILES); i += 1) {
    const found = namesInSshConfig(await textOf(files[i] ?? ''));
    for (const alias of found.aliases) aliases.add(alias);
    for (const included of found.includes) {
      const inHome = included.replace(/^~(?=\/)/, home);
      for (const file of await matching(path.resolve(folder, inHome)))
        if (!files.includes(file)) files.push(file);
    }
  }
  return [...aliases];
}

/** Empty for what cannot be read, and for what is no usual file. */
async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file).then((found) => (found.isFile() ? found : { size: LARGEST + 1 }));
    return size > LARGEST ? '' : await readFile(file, 'utf8');
  } catch {
    return '';
  }
}

/** Files of a path whose last part may be a pattern, in the order of their names. */
async function matching(pattern: string): Promise<readonly string[]> {
  const { dir, base } = path.parse(pattern);
  if (!/[*?]/.test(base)) return [pattern];
  const parts = base
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const names = await readdir(dir).catch(() => []);
  return names
    .filter((name) => new RegExp(`^${parts}$`).test(name) && !name.startsWith('.'))
    .sort()
    .map((name) => path.join(dir, name));
}
