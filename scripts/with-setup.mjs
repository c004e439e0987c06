#!/usr/bin/env node
/**
 * Brings what a command needs into this checkout, then runs the command. Needs Node 18 and Python 3.10, nothing
 * installed. `node scripts/with-setup.mjs COMMAND [arguments]`
 */
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupFailure } from '../runner/setup/failure.mjs';
import { commands } from './commands.mjs';
import { setUp } from './setup/setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];

if (!command) {
  process.stderr.write(`There is no command "${name}". There are: ${Object.keys(commands).join(', ')}.\n`);
  process.exit(2);
}

const abort = new AbortController();
let exitCode = 1;
const interrupted = (/** @type {NodeJS.Signals} */ name) => {
  exitCode = 128 + (constants.signals[name] ?? 0);
  // Asked twice: what is at work ends with this process.
  if (abort.signal.aborted) process.exit(exitCode);
  abort.abort();
};
/** @type {readonly NodeJS.Signals[]} */
const stops = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const name of stops) process.on(name, interrupted);

try {
  const tools = await setUp(root, command.needs, abort.signal);
  for (const name of stops) process.off(name, interrupted);
  process.exitCode = await command.run({ root, ...tools }, args);
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  const words =
    error.code === 'cancelled'
      ? 'Set-up stopped. Starting again goes on from here.'
      : `${error.message}\n${error.fix}`;
  process.stderr.write(`\n${words}\n`);
  process.exitCode = exitCode;
}
