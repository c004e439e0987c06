/** The .vsix: its files laid out in a folder of their own, so that nothing else can slip in, and zipped by vsce. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { packageFiles } from './contents.ts';
import { extensionManifest } from './manifest.ts';
import { thirdPartyNotices } from './notices.ts';

export interface Vsix {
  readonly file: string;
  readonly bytes: number;
  readonly files: readonly string[];
}

/** Of what `buildAll` has just built. Throws what vsce says where it refuses. */
export async function makeVsix(root: string, built: readonly Metafile[]): Promise<Vsix> {
  const manifest = extensionManifest(root);
  const files = packageFiles(root, manifest);
  const staged = path.join(root, 'dist', 'package');
  rmSync(staged, { recursive: true, force: true });
  for (const file of files) {
    mkdirSync(path.dirname(path.join(staged, file)), { recursive: true });
    copyFileSync(path.join(root, file), path.join(staged, file));
  }
  writeFileSync(
    path.join(staged, 'README.md'),
    withoutNeighbours(readFileSync(path.join(root, 'README.md'), 'utf8')),
  );
  writeFileSync(path.join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(path.join(staged, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(root, built));
  const file = path.join(root, 'dist', `${manifest.name}-${manifest.version}.vsix`);
  rmSync(file, { force: true });
  const withoutAddress = ['--allow-missing-repository', '--no-rewrite-relative-links'];
  await vsce(root, staged, ['package', '--no-dependencies', ...withoutAddress, '--out', file]);
  return { file, bytes: statSync(file).size, files };
}

/** The page of an installed extension leads to https addresses only, and this one has none yet: pictures go, links become words. */
function withoutNeighbours(page: string): string {
  return page
    .replace(/^!\[[^\]]*\]\((?!https:)[^)]*\)\n\n?/gm, '')
    .replace(/\[([^\]]*)\]\((?!https:|#)[^)\s]*\)/g, '$1');
}

function vsce(root: string, cwd: string, args: readonly string[]): Promise<void> {
  const script = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`vsce made no package:\n${output.trim()}`));
    });
  });
}
