import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../fixtures/experiments/', import.meta.url);

export interface Fixture {
  readonly name: string;
  readonly text: string;
}

/** Experiments of a folder of fixtures: `good`, or `bad` with the expected diagnostics in `#!` lines. */
export function fixtures(kind: 'good' | 'bad'): Fixture[] {
  const names = readdirSync(new URL(kind, folder)).sort();
  return names.map((name) => ({ name, text: readFileSync(new URL(`${kind}/${name}`, folder), 'utf8') }));
}

export function goodFixture(name: string): string {
  return readFileSync(new URL(`good/${name}.mergelab.yaml`, folder), 'utf8');
}
