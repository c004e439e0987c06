/** The dashboard's page: `dist/webview/dashboard.js` and `dashboard.css`. */
import path from 'node:path';
import { build, type Metafile } from 'esbuild';

/** Both together, in bytes. */
export const WEBVIEW_LIMIT = 500_000;

const root = path.join(import.meta.dirname, '..', '..');
const page = path.join(root, 'webview', 'page');

/** @param outdir absolute */
export async function buildWebview(outdir: string = path.join(root, 'dist', 'webview')): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: path.join(page, 'main.ts'), out: 'dashboard' },
      { in: path.join(page, 'style', 'dashboard.css'), out: 'dashboard' },
    ],
    outdir,
    bundle: true,
    minify: true,
    metafile: true,
    format: 'iife',
    platform: 'browser',
    // The Electron of VS Code 1.101 and browsers of its year.
    target: ['chrome128', 'firefox128', 'safari17.5'],
    legalComments: 'none',
    logLevel: 'warning',
    tsconfig: path.join(root, 'webview', 'tsconfig.json'),
  });
  return metafile;
}
