import { MOST_WORKERS } from './host.ts';
import { HOST_KEYS, type HostKey, SLURM_ABOUT } from './host-keys.ts';

type Schema = Record<string, unknown>;

/** JSON Schema (draft 7) of `hosts.yaml`, for editors. What it cannot say is checked when the file is read. */
export function hostsJsonSchema(): Schema {
  const slurm = mapOf(SLURM_ABOUT, () => ({ type: ['string', 'integer'] }));
  const workers = { anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: MOST_WORKERS }] };
  const special: Readonly<Record<string, Schema>> = { slurm, workers };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Model Merge Lab hosts',
    type: 'object',
    additionalProperties: {
      ...mapOf(HOST_KEYS, (key) => special[key] ?? { type: 'string' }),
      type: ['object', 'null'],
    },
  };
}

function mapOf(keys: Readonly<Record<string, HostKey>>, schemaOf: (key: string) => Schema): Schema {
  const properties = Object.entries(keys).map(([key, { about, example }]) => [
    key,
    { description: about, examples: [example], ...schemaOf(key) },
  ]);
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) };
}
