/** Who may import whom, and who may do what: invariant 1 of ARCHITECTURE.md. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const folders = ['words', 'core', 'runner', 'cli', 'extension', 'webview'] as const;
type Folder = (typeof folders)[number];

/**
 * Folders that each may import. `words` and `webview` take types of `core` only; its own contract is open to others. `cli` reads
 * its version from the manifest, and builds the dashboard's page where a checkout has none.
 */
const mayImport: Readonly<Record<Folder, readonly string[]>> = {
  words: ['words', 'core'],
  core: ['core', 'words'],
  runner: ['runner', 'core'],
  cli: ['cli', 'runner', 'core', 'webview', 'words', 'package.json', 'scripts'],
  extension: ['extension', 'runner', 'core', 'webview', 'words'],
  webview: ['webview', 'core', 'words'],
};
const pureBuiltins = ['crypto', 'zlib'];
/** Processes and the network. */
const reachOut =
  /^(child_process|cluster|net|tls|http|https|http2|dgram|dns|inspector|execa|worker_threads)(\/|$)/;

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

describe('folders', () => {
  it.each(folders)('%s imports only what it may', (folder) => {
    const wrong = importsOf(folder).filter(({ file, specifier }) => {
      const target = folderOf(file, specifier);
      return target !== null && !mayImport[folder].includes(target);
    });
    expect(wrong).toEqual([]);
  });

  it.each(['words', 'webview'])('%s takes nothing but types from core', (folder) => {
    const wrong = importsOf(folder).filter(
      ({ file, specifier, typeOnly }) => folderOf(file, specifier) === 'core' && !typeOnly,
    );
    expect(wrong).toEqual([]);
  });

  it('every relative import names a file that exists, with its extension', () => {
    const broken = folders
      .flatMap(importsOf)
      .filter(({ specifier }) => specifier.startsWith('.'))
      .filter(({ file, specifier }) => !existsSync(path.resolve(path.dirname(file), specifier)));
    expect(broken).toEqual([]);
  });
});

describe('what a folder may do', () => {
  it('words imports no package and no builtin', () => {
    expect(importsOf('words').filter(({ specifier }) => !specifier.startsWith('.'))).toEqual([]);
  });

  it('core uses no builtin but hashing and checksums', () => {
    const wrong = importsOf('core').filter(
      ({ specifier }) => isBuiltin(specifier) && !pureBuiltins.includes(bare(specifier)),
    );
    expect(wrong).toEqual([]);
  });

  it.each(['core', 'words'])('%s asks neither clock nor chance, nor the environment', (folder) => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(|\bprocess\.(env|argv|cwd|platform)|\bfetch\(|\bset(Timeout|Interval)\(|\bdocument\.(body|createElement|getElement)|\bwindow\./;
    const wrong = sources(folder).flatMap((file) => linesMatching(file, impure));
    expect(wrong).toEqual([]);
  });

  it('only runner starts processes and threads, or touches the network', () => {
    const wrong = folders
      .filter((folder) => folder !== 'runner')
      .flatMap(importsOf)
      .filter(({ specifier, typeOnly }) => !typeOnly && reachOut.test(bare(specifier)));
    expect(wrong).toEqual([]);
  });

  it('nobody hands a line to a shell', () => {
    const shell = /\bshell:\s*(true|['"`])|\bexec(Sync)?\(|\bexeca(Command|CommandSync)\(|\bawait \$`/;
    const wrong = [...folders, 'scripts']
      .flatMap((folder) => sources(folder))
      .flatMap((file) => linesMatching(file, shell));
    expect(wrong.filter((line) => !/\.exec\(/.test(line))).toEqual([]);
  });

  it('only extension imports vscode', () => {
    const wrong = folders
      .filter((folder) => folder !== 'extension')
      .flatMap(importsOf)
      .filter(({ specifier }) => specifier === 'vscode');
    expect(wrong).toEqual([]);
  });

  it('only the agent touches tensors: nothing else names a tensor library', () => {
    const wrong = folders
      .flatMap(importsOf)
      // A file of ours that installs one is none.
      .filter(({ specifier }) => !specifier.startsWith('.'))
      .filter(({ specifier }) => /tensorflow|onnx|torch|safetensors/.test(specifier));
    expect(wrong).toEqual([]);
  });
});

describe('the lock file', () => {
  it('names every optional package, also of other platforms: npm ci refuses it otherwise', () => {
    const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const names = Object.keys(packages);
    const missing = Object.values(packages)
      .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
      .filter((name) => !names.some((known) => known.endsWith(`node_modules/${name}`)));
    expect(missing, 'run: node scripts/complete-lock.mjs').toEqual([]);
  });

  it('names no registry', () => {
    expect(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).not.toMatch(
      /"resolved": "(?!https:\/\/registry\.npmjs\.org\/)/,
    );
  });
});

/** Node's builtins without their prefix. */
function bare(specifier: string): string {
  return specifier.replace(/^node:/, '');
}

/** The top folder that an import reaches into; null for packages. */
function folderOf(file: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  return path.relative(root, path.resolve(path.dirname(file), specifier)).split(path.sep)[0] ?? null;
}

function importsOf(folder: string): Import[] {
  return sources(folder).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const found = text.matchAll(
      /^\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm,
    );
    return [...found].map((match) => ({
      file,
      specifier: match[2] ?? match[3] ?? match[4] ?? '',
      typeOnly: match[1] !== undefined,
    }));
  });
}

function sources(folder: string): string[] {
  const start = path.join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mts|mjs|js)$/.test(name) && !name.includes('node_modules'))
    .map((name) => path.join(start, name));
}

function linesMatching(file: string, pattern: RegExp): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, i) => {
      const code = line.replace(/^\s*(\/\/|\*|\/\*).*$/, '');
      return pattern.test(code) ? [`${path.relative(root, file)}:${i + 1}: ${line.trim()}`] : [];
    });
}
