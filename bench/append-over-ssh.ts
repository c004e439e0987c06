/** `append-to-screen.ts` with the agent on a host behind ssh. `node bench/append-over-ssh.ts` */
process.argv.push('--host');
await import('./append-to-screen.ts');
