/** Both sides of the extension into `dist/`. */
import type { Metafile } from 'esbuild';
import { buildExtension } from './extension.ts';
import { buildWebview } from './webview.ts';

export async function buildAll(): Promise<readonly Metafile[]> {
  return Promise.all([buildExtension(), buildWebview()]);
}
