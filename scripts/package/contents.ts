/** What the extension's package holds, and where from. Paths inside are as in the checkout, so that code finds both alike. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from './manifest.ts';

/** Of the sample's models: the largest would be two thirds of the package. */
const sampleSizes = ['S', 'M'];
const sample = 'examples/nine-domains';

/** What people read in the editor. */
const pages = ['README.md', 'CHANGELOG.md', 'LICENSE'];

/** Relative paths with `/`, sorted. Throws where something that must be there is not. */
export function packageFiles(root: string, manifest: Manifest): string[] {
  const built = [
    'dist/extension/main.cjs',
    'dist/extension/code.cjs',
    'dist/extension/analysis-worker.cjs',
    'dist/extension/hosts-language.cjs',
    'dist/extension/installing.cjs',
    'dist/extension/new-experiment.cjs',
    ...filesOf(root, 'dist/webview'),
  ];
  const agent = ['agent/pyproject.toml', ...filesOf(root, 'agent/merge_lab_agent')];
  const files = [
    ...pages,
    ...built,
    ...agent,
    ...sampleFiles(root),
    ...filesOf(root, 'media').filter((file) => file !== 'media/README.md'),
    ...namedIn(manifest),
  ].filter((file) => !file.endsWith('.map') && !/(^|\/)(__pycache__|\.mergelab)\//.test(file));
  const missing = files.filter((file) => !existsSync(path.join(root, file)));
  if (missing.length > 0) throw new Error(`the package needs what is not there: ${missing.join(', ')}`);
  return [...new Set(files)].sort();
}

/** Experiments whose models come along, those models, their data. */
function sampleFiles(root: string): string[] {
  const models = sampleSizes.flatMap((size) => filesOf(root, `${sample}/models/${size}`));
  const others = sampleSizes.map((size) => `-${size}.mergelab.yaml`);
  const experiments = readdirSync(path.join(root, sample))
    .filter((name) => name === 'nine-domains.mergelab.yaml' || others.some((end) => name.endsWith(end)))
    .map((name) => `${sample}/${name}`);
  return [...experiments, `${sample}/README.md`, ...filesOf(root, `${sample}/eval`), ...models];
}

/** Grammars, icons, pages of the walkthrough: every file that the manifest names, and pictures beside such a page. */
function namedIn(value: unknown): string[] {
  if (typeof value === 'string')
    return /^\.\/[\w./-]+\.\w+$/.test(value) ? [path.posix.normalize(value)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(namedIn);
}

function filesOf(root: string, folder: string): string[] {
  const start = path.join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}
