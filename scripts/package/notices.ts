/** Whose work is bundled, with their licences: what those ask of whoever passes it on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';

/** One text for all packages that are in the bundles. Throws where one of them has no licence. */
export function thirdPartyNotices(root: string, metafiles: readonly Metafile[]): string {
  const packages = [...new Set(metafiles.flatMap((metafile) => packagesIn(metafile)))].sort();
  const texts = packages.map((folder) => notice(path.join(root, folder)));
  return `Model Merge Lab contains work of others, under these licences.\n\n${texts.join('\n')}`;
}

/** Folders of packages, relative to the checkout. */
function packagesIn(metafile: Metafile): string[] {
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : [])),
  );
  return used.flatMap((input) => input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []);
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  if (file === undefined && typeof license !== 'string') throw new Error(`${name} states no licence`);
  const text =
    file === undefined ? `${license} licence` : readFileSync(path.join(folder, file), 'utf8').trim();
  const extra = path.join(folder, 'NOTICE');
  const more = existsSync(extra) ? `\n\n${readFileSync(extra, 'utf8').trim()}` : '';
  return `${'-'.repeat(80)}\n${name} ${version}\n\n${text}${more}\n`;
}
