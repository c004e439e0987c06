/**
 * `npm run editor [-- --port N] [--fresh] [FOLDER]`: a real VS Code in the browser with the extension installed, on a
 * copy of the sample or on a folder of yours, until Ctrl-C. What it keeps lies in `.tools/editor`.
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installVsix } from '../test/editor/install.ts';
import { agentSettings, root } from '../test/editor/installed.ts';
import { Profile } from '../test/editor/profile.ts';
import { copySample, sampleIn } from '../test/editor/sample.ts';
import { VsCodeServer } from '../test/editor/server.ts';
import { quietSettings } from '../test/editor/settings.ts';
import { buildAll } from './build/all.ts';
import { makeVsix } from './package/vsix.ts';

const { values, positionals } = parseArgs({
  options: { port: { type: 'string' }, fresh: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const port = values.port === undefined ? 0 : Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) stop(`${values.port} is no port.`);
// `npm run` moves to the checkout; a path that a person types is from where they stand.
const from = process.env['INIT_CWD'] ?? process.cwd();
const given = positionals[0] === undefined ? null : path.resolve(from, positionals[0]);
if (given !== null && !existsSync(given)) stop(`There is no folder ${given}.`);

const place = path.join(root, '.tools', 'editor');
if (values.fresh) rmSync(place, { recursive: true, force: true });

process.stdout.write('Building the extension ...\n');
const built = await buildAll().catch(() => stop('The extension cannot be built; the reason is above.'));
const { file } = await makeVsix(root, built);
const profile = new Profile({ user: quietSettings, machine: agentSettings() }, place);
const sample = sampleIn(place);
if (!existsSync(sample.file)) copySample(place);
await installVsix(file, profile);

const server = await VsCodeServer.start({ profile, name: 'editor', port, idleSeconds: null });
let stopping = false;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (stopping) return;
    stopping = true;
    process.stdout.write('\nVS Code is stopping. A run that is under way goes on.\n');
    void server.stop().then(() => process.exit(0));
  });
}
void server.ended.then(() => {
  if (!stopping) stop(`VS Code ended by itself; its log is ${server.log}.`);
});

const address =
  given === null
    ? server.address(sample.folder, [['openFile', server.remote(sample.file)]])
    : server.address(given);
process.stdout.write(`
VS Code with Model Merge Lab is at

  ${address}

It shows ${given ?? `a copy of the sample, ${sample.folder}`}.
Press ▶ Run above the first line. Ctrl-C here stops VS Code.
`);

function stop(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
