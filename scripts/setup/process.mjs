import { spawn } from 'node:child_process';

/**
 * Runs a program on this terminal, to its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv}} [options]
 * @returns {Promise<number>} its exit code; 127 where it cannot start
 */
export function show(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: 'inherit' });
    // The terminal tells the child of Ctrl-C too; it decides what that means, and we pass on how it ended.
    const wait = () => {};
    process.on('SIGINT', wait);
    const stop = () => child.kill('SIGTERM');
    process.on('SIGTERM', stop);
    const end = (/** @type {number} */ code) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', stop);
      resolve(code);
    };
    child.on('error', (error) => {
      process.stderr.write(`${program} cannot start: ${error.message}\n`);
      end(127);
    });
    child.on('close', (code, signal) => end(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
