/** Writes the committed JSON Schemas anew from the schemas in core. Run it after a change, then the formatter. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { experimentJsonSchema } from '../core/experiment/json-schema.ts';

function write(file: string, schema: unknown): void {
  writeFileSync(new URL(`../${file}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}

mkdirSync(new URL('../core/store/schemas/', import.meta.url), { recursive: true });
write('core/experiment/experiment.schema.json', experimentJsonSchema());
