/**
 * Names in `package-lock.json` the optional packages of other platforms that a partial registry left out when the
 * lock was made: `npm ci` refuses a lock without them, also on platforms that never install them.
 * Run after every `npm install`: `node scripts/complete-lock.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const paths = Object.keys(lock.packages);
const added = [];

for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (paths.some((path) => path.endsWith(`node_modules/${name}`))) continue;
    const [, os, cpu, libc] =
      name.match(/-(android|darwin|freebsd|linux|win32)-(x64|arm64|arm|ia32)(?:-(musl))?$/) ?? [];
    if (!os || !cpu) throw new Error(`${name}: its platform cannot be read from its name; add it by hand`);
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(entry.dev ? { dev: true } : {}),
      ...(libc ? { libc: [libc] } : {}),
      optional: true,
      os: [os],
    };
    added.push(name);
  }
}

const [root, ...rest] = Object.entries(lock.packages);
rest.sort(([a], [b]) => (a < b ? -1 : 1));
lock.packages = Object.fromEntries(root ? [root, ...rest] : rest);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} packages named: ${added.join(', ')}\n`);
