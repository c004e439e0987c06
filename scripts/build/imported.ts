/** Leaves `import('…/file.ts')` in a bundle as one of `./file.cjs`, a bundle of its own that is read when it is called. */
import path from 'node:path';
import type { Plugin } from 'esbuild';

export function imported(file: string): Plugin {
  return {
    name: 'imported',
    setup({ onResolve }) {
      onResolve({ filter: /\.ts$/ }, ({ kind, path: to, resolveDir }) =>
        kind === 'dynamic-import' && path.resolve(resolveDir, to) === file
          ? { path: `./${path.basename(file, '.ts')}.cjs`, external: true }
          : null,
      );
    },
  };
}
