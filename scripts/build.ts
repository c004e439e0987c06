/** `npm run build`: the extension's two sides into `dist/`, and what they weigh. */
import { buildExtension, HOST_LIMIT } from './build/extension.ts';
import { outputsOf, sizesText } from './build/sizes.ts';

const host = await buildExtension();
const outputs = outputsOf(host.metafile);
process.stdout.write(`${sizesText(outputs)}\n`);

const main = outputs.find(({ file }) => file.endsWith('main.cjs'));
if (main && main.bytes > HOST_LIMIT) {
  process.stderr.write(`${main.file} is larger than ${HOST_LIMIT / 1000} kB.\n`);
  process.exitCode = 1;
}
