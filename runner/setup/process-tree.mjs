// @ts-check
import { spawn, spawnSync } from 'node:child_process';

/** Trees that must not outlive this process, by the id of their first process. @type {Set<number>} */
const alive = new Set();
let watching = false;

/**
 * Ends the tree with this process, however `process.exit` comes about.
 * @param {number | undefined} pid of a process that was started as the first of its group
 * @returns {() => void} it has ended by itself
 */
export function ownTree(pid) {
  if (pid === undefined) return () => {};
  alive.add(pid);
  if (!watching) process.on('exit', () => alive.forEach((one) => void endTreeNow(one)));
  watching = true;
  return () => alive.delete(pid);
}

/**
 * Ends a process and all that it started, at once. On Windows there are no groups: the system's own `taskkill` walks
 * the tree.
 * @param {number} pid
 */
export function endTree(pid) {
  if (process.platform === 'win32') spawn('taskkill', taskkill(pid), quiet).on('error', () => {});
  else endGroup(pid);
}

/** @param {number} pid */
function endTreeNow(pid) {
  if (process.platform === 'win32') spawnSync('taskkill', taskkill(pid), quiet);
  else endGroup(pid);
}

/** @param {number} pid */
function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** @type {{stdio: 'ignore', windowsHide: true}} */
const quiet = { stdio: 'ignore', windowsHide: true };

/** @param {number} pid */
function taskkill(pid) {
  return ['/PID', String(pid), '/T', '/F'];
}
