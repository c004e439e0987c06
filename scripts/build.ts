/** `npm run build`: the extension's two sides into `dist/`, and what they weigh. */
import { buildAll } from './build/all.ts';
import { HOST_LIMIT } from './build/extension.ts';
import { outputsOf, sizesText } from './build/sizes.ts';
import { WEBVIEW_LIMIT } from './build/webview.ts';

const outputs = (await buildAll()).flatMap(outputsOf);
process.stdout.write(`${sizesText(outputs)}\n`);

const total = (part: RegExp): number =>
  outputs.filter(({ file }) => part.test(file)).reduce((sum, { bytes }) => sum + bytes, 0);
for (const [part, limit] of [
  [/extension\/(main|code)\.cjs$/, HOST_LIMIT],
  [/webview\//, WEBVIEW_LIMIT],
] as const) {
  if (total(part) <= limit) continue;
  process.stderr.write(
    `dist: what matches ${part} is larger than ${limit / 1000} kB: ${total(part)} bytes\n`,
  );
  process.exitCode = 1;
}
