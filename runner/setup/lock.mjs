// @ts-check
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { cancelled } from './failure.mjs';

const POLL_MS = 300;
const BEAT_MS = 5_000;
/**
 * Looks at a lock that does not beat, after which its holder counts as dead. Counted, not timed: after a night's sleep
 * both sides go on, and no clock that jumps matters.
 */
const MOST_SILENT_LOOKS = 200;
/** @type {Set<string>} locks of this process */
const held = new Set();

/**
 * One set-up at a time: a second one waits for the first, then finds its work done. A holder that died without a word
 * is found out by its process, or, where that cannot be seen from here, by its silence.
 * @param {string} file
 * @param {{onWait: (pid: number) => void, signal?: AbortSignal | undefined}} options onWait: called once
 * @returns {Promise<() => void>} gives the lock back
 */
export async function lock(file, { onWait, signal }) {
  mkdirSync(dirname(file), { recursive: true });
  let last = '';
  let silent = 0;
  for (let waited = false; ; ) {
    if (signal?.aborted) throw cancelled();
    if (take(file)) return hold(file);
    const { pid, dead, beat } = look(file);
    silent = beat === last ? silent + 1 : 0;
    last = beat;
    if (dead || silent >= MOST_SILENT_LOOKS) {
      breakLock(file, beat);
      continue;
    }
    if (!waited) onWait(pid);
    waited = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
function hold(file) {
  const beat = setInterval(() => {
    try {
      const now = new Date();
      utimesSync(file, now, now);
    } catch {
      // Removed by hand: the work goes on.
    }
  }, BEAT_MS);
  beat.unref();
  if (held.size === 0) process.on('exit', releaseAll);
  held.add(file);
  return () => {
    clearInterval(beat);
    if (!held.delete(file)) return;
    if (held.size === 0) process.off('exit', releaseAll);
    rmSync(file, { force: true });
  };
}

function releaseAll() {
  for (const file of held) rmSync(file, { force: true });
}

/**
 * @param {string} file
 * @returns {{pid: number, dead: boolean, beat: string}}
 */
function look(file) {
  try {
    const beat = String(statSync(file).mtimeMs);
    const { pid, host } = holderIn(readFileSync(file, 'utf8'));
    const here = host === null || host === hostname();
    return { pid, beat, dead: here && pid > 0 && !lives(pid) };
  } catch {
    return { pid: 0, beat: '', dead: false };
  }
}

/**
 * A number alone is what earlier versions wrote. A holder that cannot be read is one that just begins to write.
 * @param {string} text
 * @returns {{pid: number, host: string | null}}
 */
function holderIn(text) {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'number') return { pid: value, host: null };
    return { pid: Number(value.pid) || 0, host: String(value.host) };
  } catch {
    return { pid: 0, host: null };
  }
}

/**
 * Two that wait must not both take a dead lock away: the second would take away the first one's own.
 * @param {string} file
 * @param {string} beat of the lock that was found dead
 */
function breakLock(file, beat) {
  const right = `${file}.breaking`;
  try {
    writeFileSync(right, '', { flag: 'wx' });
  } catch {
    // Another one is at it, or died at it.
    if (Date.now() - (statSync(right, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 10_000)
      rmSync(right, { force: true });
    return;
  }
  if (look(file).beat === beat) rmSync(file, { force: true });
  rmSync(right, { force: true });
}

/** @param {number} pid */
function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
