import { existsSync } from 'node:fs';
import { capture } from '../../runner/setup/process.mjs';

/** @typedef {import('./python.mjs').Options} Options */

const places = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'];

/**
 * An OpenSSH server for tests of hosts: the one that `MERGE_LAB_SSHD` names, else the system's.
 * @returns {string | null}
 */
export function findSshd() {
  const named = process.env['MERGE_LAB_SSHD'];
  if (named) return existsSync(named) ? named : null;
  return places.find((file) => existsSync(file)) ?? null;
}

/** What to do where there is none and it cannot be installed here. */
export const sshdAdvice =
  'no ssh server was found: tests of hosts are left out (on Debian or Ubuntu: sudo apt install openssh-server; or name one in MERGE_LAB_SSHD)';

/**
 * Debian's, where this is root on Debian; elsewhere says that those tests are left out. The service that comes with it
 * is never started.
 * @param {Options} options
 */
export async function installSshd(options) {
  const root = typeof process.getuid === 'function' && process.getuid() === 0;
  if (process.env['MERGE_LAB_SSHD'] || !root || !existsSync('/etc/debian_version')) {
    options.say(sshdAdvice);
    return;
  }
  options.say("no ssh server was found: adding Debian's for the tests (apt-get install openssh-server)");
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const how = { ...options, env, gentle: true };
  // Another program may be installing something: wait for it.
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  await capture('apt-get', [...lock, 'update'], how);
  await capture('apt-get', [...lock, 'install', '-y', '--no-install-recommends', 'openssh-server'], how);
  if (findSshd() === null) options.say(sshdAdvice);
}
