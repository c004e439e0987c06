/** `npm run package`: builds, then makes `dist/model-merge-lab-VERSION.vsix`. */
import path from 'node:path';
import { buildAll } from './build/all.ts';
import { makeVsix } from './package/vsix.ts';

/** In bytes. */
const LIMIT = 12_000_000;

const root = path.join(import.meta.dirname, '..');
const { file, bytes, files } = await makeVsix(root, await buildAll());
process.stdout.write(`${path.relative(root, file)}  ${(bytes / 1e6).toFixed(2)} MB, ${files.length} files\n`);
if (bytes > LIMIT) {
  process.stderr.write(`It is larger than ${LIMIT / 1e6} MB.\n`);
  process.exitCode = 1;
}
