import { plain } from './plain.ts';

interface Sizes {
  readonly sizes: readonly { readonly name: string; readonly declared: boolean }[];
}

/** One method at one size: `S · ties`, without a size where the file declares none. */
export function cellName(report: Sizes, cell: { readonly size: string; readonly label: string }): string {
  return isDeclared(report, cell.size) ? `${plain(cell.size, 24)} · ${plain(cell.label)}` : plain(cell.label);
}

export function isDeclared({ sizes }: Sizes, size: string): boolean {
  return sizes.some(({ name, declared }) => declared && name === size);
}
