/**
 * The extension's host side as files that need nothing but VS Code: `dist/extension/main.cjs`, which VS Code loads, the
 * code that it loads in turn, what that loads for `hosts.yaml`, for a new experiment and to install Python packages alone, and
 * the analysis worker. Source maps lie beside them and stay out of the package.
 */
import path from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { imported } from './imported.ts';
import { vscodeOnce } from './vscode-once.ts';

const root = path.join(import.meta.dirname, '..', '..');

/** Of `main.cjs` and `code.cjs`, in bytes; larger ones would be felt when the editor starts. */
export const HOST_LIMIT = 600_000;

const bundle = {
  absWorkingDir: root,
  outdir: path.join('dist', 'extension'),
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  // Of the oldest VS Code in `engines`.
  target: 'node22.15',
  // ES modules first: some packages' other builds carry what a server needs.
  mainFields: ['module', 'main'],
  external: ['./code.cjs', './hosts-language.cjs', './new-experiment.cjs'],
  // Its build for browsers is modules, of which only what is used is taken; the one for Node is CommonJS.
  alias: { yaml: path.join(root, 'node_modules', 'yaml', 'browser', 'index.js') },
  plugins: [vscodeOnce(path.join(root, 'extension')), imported(path.join(root, 'runner', 'installing.ts'))],
  // They become `require`, which every fork of the editor has.
  supported: { 'dynamic-import': false },
  minify: true,
  keepNames: false,
  sourcemap: 'external',
  sourcesContent: false,
  // Strict as a whole, as modules are, and not module by module: that would take four kilobytes.
  tsconfigRaw: { compilerOptions: { alwaysStrict: false, verbatimModuleSyntax: true } },
  // CommonJS knows where it lies by other names than the sources do.
  define: { 'import.meta.url': 'bundleUrl', 'import.meta.dirname': '__dirname' },
  banner: { js: "'use strict';const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Throws where a source cannot be bundled; esbuild has said why. */
export async function buildExtension(): Promise<Metafile> {
  const entryPoints = [
    'extension/main.ts',
    'extension/code.ts',
    'extension/hosts/hosts-language.ts',
    'extension/commands/new-experiment.ts',
    'runner/installing.ts',
    'runner/analysis-worker.ts',
  ];
  const { metafile } = await build({ ...bundle, entryPoints: entryPoints.map(named) });
  return metafile;
}

/** Without the folder that it comes from. */
function named(file: string): { in: string; out: string } {
  return { in: file, out: path.basename(file, '.ts') };
}
