/** What a bundle weighs and what in it weighs most, from esbuild's own account. */
import type { Metafile } from 'esbuild';

export interface Part {
  /** A package, or a folder of this project. */
  readonly name: string;
  readonly bytes: number;
}

export interface Output {
  readonly file: string;
  readonly bytes: number;
  /** Heaviest first. */
  readonly parts: readonly Part[];
}

/** Source maps left out. */
export function outputsOf(metafile: Metafile): Output[] {
  return Object.entries(metafile.outputs)
    .filter(([file]) => !file.endsWith('.map'))
    .map(([file, { bytes, inputs }]) => {
      const parts = new Map<string, number>();
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const name = partOf(input);
        parts.set(name, (parts.get(name) ?? 0) + bytesInOutput);
      }
      return {
        file,
        bytes,
        parts: [...parts].map(([name, size]) => ({ name, bytes: size })).sort((a, b) => b.bytes - a.bytes),
      };
    });
}

/** One line an output, then its heaviest parts. */
export function sizesText(outputs: readonly Output[], most = 8): string {
  return outputs
    .flatMap(({ file, bytes, parts }) => [
      `${file}  ${kilobytes(bytes)}`,
      ...parts.slice(0, most).map((part) => `    ${kilobytes(part.bytes).padStart(8)}  ${part.name}`),
    ])
    .join('\n');
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
}

function partOf(input: string): string {
  const inPackages = input.split('node_modules/').at(-1);
  if (inPackages !== undefined && inPackages !== input) {
    const [scope = '', name = ''] = inPackages.split('/');
    return scope.startsWith('@') ? `${scope}/${name}` : scope;
  }
  return input.split('/').slice(0, 2).join('/');
}
