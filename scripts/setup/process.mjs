import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Runs a program without a shell and keeps what it prints. Never rejects: a program that cannot start is `code: null`.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, log?: string, timeoutMs?: number, onLine?: (line: string) => void}} [options]
 * @returns {Promise<{code: number | null, output: string}>} standard output and error, as they came
 */
export function capture(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    // Not spawn's own limit: where the program cannot start, that one keeps this process alive.
    const timer = options.timeoutMs ? setTimeout(() => child.kill(), options.timeoutMs) : undefined;
    const end = (/** @type {{code: number | null, output: string}} */ ended) => {
      clearTimeout(timer);
      resolve(ended);
    };
    let output = '';
    const take = (/** @type {string} */ text) => {
      output += text;
      if (options.log) log(options.log, text);
      const line = text
        .split(/[\r\n]+/)
        .filter((part) => part.trim() !== '')
        .at(-1);
      if (line) options.onLine?.(line.trim());
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => end({ code: null, output: `${output}\n${error.message}` }));
    child.on('close', (code) => end({ code, output }));
  });
}

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

/**
 * @param {string} file
 * @param {string} text
 */
function log(file, text) {
  try {
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, text);
  } catch {
    // A full disk is told by the program itself; its output is still in memory.
  }
}
