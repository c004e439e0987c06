import { existsSync } from 'node:fs';
import { capture } from '../../runner/setup/process.mjs';

/** @typedef {import('./python.mjs').Options} Options */

/** Whether packages may be added here without asking anybody: as root on Debian. */
export function isRootOnDebian() {
  const root = typeof process.getuid === 'function' && process.getuid() === 0;
  return root && existsSync('/etc/debian_version');
}

/**
 * Adds packages for tests. Services that come with them are never started.
 * @param {readonly string[]} packages
 * @param {Options} options
 */
export async function addPackages(packages, options) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const how = { ...options, env, gentle: true };
  // Another program may be installing something: wait for it.
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  await capture('apt-get', [...lock, 'update'], how);
  await capture('apt-get', [...lock, 'install', '-y', '--no-install-recommends', ...packages], how);
}
