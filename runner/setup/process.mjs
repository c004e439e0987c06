// @ts-check
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { cancelled } from './failure.mjs';
import { endTree, ownTree } from './process-tree.mjs';

/**
 * @typedef {{
 *   cwd?: string, env?: NodeJS.ProcessEnv, log?: string, timeoutMs?: number, onLine?: (line: string) => void,
 *   signal?: AbortSignal | undefined, gentle?: boolean, leash?: boolean
 * }} CaptureOptions `signal` ends the program and all that it started; `gentle` asks it to end instead (a package
 *   manager must not be cut); `leash` keeps its standard input open for as long as this process lives
 */

/**
 * Runs a program without a shell and keeps what it prints. A program that cannot start is `code: null`, with the
 * system's word as `cannotStart`. Rejects only with the SetupFailure `cancelled`, once the program has ended.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {CaptureOptions} [options]
 * @returns {Promise<{
 *   code: number | null, killedBy: NodeJS.Signals | null, timedOut: boolean, cannotStart: string | null, output: string
 * }>} output: standard output and error, as they came
 */
export function capture(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const { signal } = options;
    if (signal?.aborted) return reject(cancelled());
    // A group of its own can be ended as a whole; what nobody will end here stays with our terminal's.
    const tree = !options.gentle && (signal !== undefined || options.timeoutMs !== undefined);
    /** @type {import('node:child_process').ChildProcess} */
    let child;
    try {
      child = spawn(program, args, {
        cwd: options.cwd,
        env: options.env ?? process.env,
        stdio: [options.leash ? 'pipe' : 'ignore', 'pipe', 'pipe'],
        detached: tree && process.platform !== 'win32',
        windowsHide: true,
      });
    } catch (error) {
      // A name that no system can have, e.g. with a zero byte.
      const output = error instanceof Error ? error.message : String(error);
      return resolve({ code: null, killedBy: null, timedOut: false, cannotStart: output, output });
    }
    const disown = tree ? ownTree(child.pid) : () => {};
    let timedOut = false;
    /** @type {NodeJS.Timeout | undefined} */
    let lastResort;
    const stop = () => {
      if (child.pid === undefined) return;
      if (options.gentle) child.kill('SIGINT');
      else if (tree) endTree(child.pid);
      else child.kill();
      // What has left the group may hold our pipes open.
      if (!options.gentle) lastResort = setTimeout(() => void close(null, null), 5_000);
    };
    // Not spawn's own limit: where the program cannot start, that one keeps this process alive.
    const timer = options.timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          stop();
        }, options.timeoutMs)
      : undefined;
    signal?.addEventListener('abort', stop, { once: true });
    let output = '';
    const lines = new LineReader((line) => options.onLine?.(line));
    /** @param {string} text */
    const take = (text) => {
      output += text;
      if (options.log) log(options.log, text);
      lines.feed(text);
    };
    /** @param {number | null} code @param {NodeJS.Signals | null} killedBy @param {string | null} [cannotStart] */
    const close = (code, killedBy, cannotStart = null) => {
      clearTimeout(timer);
      clearTimeout(lastResort);
      disown();
      signal?.removeEventListener('abort', stop);
      child.stdin?.destroy();
      lines.end();
      if (signal?.aborted) reject(cancelled());
      else resolve({ code, killedBy, timedOut, cannotStart, output });
    };
    child.stdin?.on('error', () => {});
    child.stdout?.setEncoding('utf8').on('data', take);
    child.stderr?.setEncoding('utf8').on('data', take);
    child.on('error', (error) => {
      output += `\n${error.message}`;
      if (child.pid === undefined) close(null, null, error.message);
    });
    child.on('close', (code, killedBy) => close(code, killedBy));
  });
}

/** Whole lines that say something, wherever the pieces end. A bar that is drawn again with `\r` is a line each time. */
class LineReader {
  #rest = '';
  #onLine;

  /** @param {(line: string) => void} onLine */
  constructor(onLine) {
    this.#onLine = onLine;
  }

  /** @param {string} text */
  feed(text) {
    const parts = (this.#rest + text).split(/[\r\n]+/);
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#tell(part);
  }

  end() {
    this.#tell(this.#rest);
    this.#rest = '';
  }

  /** @param {string} line */
  #tell(line) {
    if (line.trim() !== '') this.#onLine(line.trim());
  }
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
