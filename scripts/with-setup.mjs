#!/usr/bin/env node
/**
 * Brings what a command needs into this checkout, then runs the command. Needs Node 18 and Python 3.10, nothing
 * installed. `node scripts/with-setup.mjs COMMAND [arguments]`
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commands } from './commands.mjs';
import { SetupFailure } from './setup/failure.mjs';
import { setUp } from './setup/setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];

if (!command) {
  process.stderr.write(`There is no command "${name}". There are: ${Object.keys(commands).join(', ')}.\n`);
  process.exit(2);
}

const interrupted = () => {
  process.stderr.write('\nSet-up stopped. Starting again goes on from here.\n');
  process.exit(130);
};
process.once('SIGINT', interrupted);

try {
  const tools = await setUp(root, command.needs);
  process.off('SIGINT', interrupted);
  process.exitCode = await command.run({ root, ...tools }, args);
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  process.stderr.write(`\n${error.message}\n${error.fix}\n`);
  process.exitCode = 1;
}
