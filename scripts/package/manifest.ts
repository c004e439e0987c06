/** The extension's manifest: the checkout's package.json without what is about working on it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly publisher?: string;
  readonly main?: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** Bundled code needs no packages; `type` would make modules of nothing but surprises. */
const left = ['private', 'type', 'bin', 'scripts', 'dependencies', 'devDependencies', 'files'];

export function extensionManifest(root: string): Manifest {
  const all = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
  const kept = Object.fromEntries(Object.entries(all).filter(([key]) => !left.includes(key)));
  return { ...kept, name: all.name, version: all.version, engines: { vscode: all.engines['vscode'] ?? '' } };
}
