import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HOST_KEYS, SLURM_ABOUT } from '../../core/hosts/host-keys.ts';
import { parseHosts } from '../../core/hosts/hosts-file.ts';
import { hostsJsonSchema } from '../../core/hosts/json-schema.ts';

test('the committed JSON Schema is the one of the keys (else: node scripts/write-schemas.ts)', () => {
  const file = new URL('../../core/hosts/hosts.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(hostsJsonSchema())));
});

test('what each key has as its example can be read', () => {
  const lines = (keys: object, indent: string): string =>
    Object.entries(keys)
      .map(([key, { example }]) => `${indent}${key}: ${example}\n`)
      .join('');
  const { ray, ...withSlurm } = HOST_KEYS;
  const hostLines = `box:\n${lines(withSlurm, '  ')}lab:\n${lines({ ray }, '  ')}`;
  const text = `${hostLines}login:\n  slurm:\n${lines(SLURM_ABOUT, '    ')}`;
  const { hosts, problems } = parseHosts(text, 'hosts.yaml');
  expect(problems).toEqual([]);
  expect([...hosts.keys()]).toEqual(['box', 'lab', 'login']);
});
