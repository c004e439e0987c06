import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { storeJsonSchemas } from '../../core/store/json-schemas.ts';

const folder = new URL('../../core/store/schemas/', import.meta.url);
const schemas = storeJsonSchemas();

test('there is one file for each schema, and no other', () => {
  expect(readdirSync(folder).sort()).toEqual([...schemas.keys()].sort());
});

test.each([...schemas])(
  '%s is the one of the schema (else: node scripts/write-schemas.ts)',
  (name, schema) => {
    const committed = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    expect(committed).toEqual(JSON.parse(JSON.stringify(schema)));
  },
);
