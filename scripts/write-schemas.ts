/** Writes the committed JSON Schemas anew from the schemas in core. Run it after a change, then the formatter. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileJsonSchema } from '../core/experiment/json-schema.ts';
import { hostsJsonSchema } from '../core/hosts/json-schema.ts';
import { lawJsonSchema } from '../core/law/law-document.ts';
import { storeJsonSchemas } from '../core/store/json-schemas.ts';

const root = new URL('../', import.meta.url);
const folder = new URL('core/store/schemas/', root);

function write(file: URL, schema: unknown): void {
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
}

write(new URL('core/experiment/experiment.schema.json', root), fileJsonSchema());
write(new URL('core/hosts/hosts.schema.json', root), hostsJsonSchema());
write(new URL('core/law/law.schema.json', root), lawJsonSchema());
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [name, schema] of storeJsonSchemas()) write(new URL(name, folder), schema);
