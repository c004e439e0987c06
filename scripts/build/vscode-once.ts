/**
 * `import * as vscode` in a bundle of CommonJS makes one copy of VS Code's whole API for each file that has it, about
 * half a millisecond each. With this plugin all share one module that reads each name which the sources use once.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'esbuild';

export function vscodeOnce(folder: string): Plugin {
  return {
    name: 'vscode-once',
    setup(build) {
      build.onResolve({ filter: /^vscode$/, namespace: 'file' }, () => ({
        path: 'vscode',
        namespace: 'once',
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: 'once' }, () => ({ contents: moduleOf(namesUsed(folder)) }));
      build.onResolve({ filter: /^vscode$/, namespace: 'once' }, () => ({ path: 'vscode', external: true }));
    },
  };
}

/** Every `vscode.Name` in the sources, types among them: those are `undefined` at run time, and nobody reads them. */
function namesUsed(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const texts = files.map((name) => readFileSync(path.join(folder, name), 'utf8'));
  return [...new Set(texts.flatMap((text) => text.match(/(?<=\bvscode\.)[A-Za-z]\w*/g) ?? []))].sort();
}

function moduleOf(names: readonly string[]): string {
  return `const api = require('vscode');\n${names.map((name) => `export const ${name} = api.${name};`).join('\n')}\n`;
}
