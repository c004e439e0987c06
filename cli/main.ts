import { main } from './program.ts';

// Exit by code, not by process.exit: what is written to a pipe must be flushed first.
process.exitCode = await main(process.argv.slice(2), process);
