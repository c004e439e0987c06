import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  ensembleJsonSchema,
  experimentJsonSchema,
  fileJsonSchema,
} from '../../core/experiment/json-schema.ts';

test('the committed JSON Schema is the one of the schema (else: node scripts/write-schemas.ts)', () => {
  const file = new URL('../../core/experiment/experiment.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(fileJsonSchema())));
});

interface Described {
  readonly properties: Record<
    string,
    { description?: string; properties?: Record<string, { description?: string }> }
  >;
}

test.each([
  ['merge', experimentJsonSchema(), ['evaluation', 'sweep', 'goals']],
  ['ensemble', ensembleJsonSchema(), ['evaluation', 'pool']],
])('%s: every key of the first level, and of the maps below, has words for its hover', (_, root, maps) => {
  const { properties } = root as unknown as Described;
  for (const [key, schema] of Object.entries(properties)) {
    expect(schema.description, key).toMatch(/\w+/);
  }
  for (const key of maps) {
    for (const [inner, schema] of Object.entries(properties[key]?.properties ?? {})) {
      expect(schema.description, `${key}.${inner}`).toMatch(/\w+/);
    }
  }
});
