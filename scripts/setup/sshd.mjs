import { existsSync } from 'node:fs';
import { addPackages, isRootOnDebian } from './debian.mjs';

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
 * Debian's, where this is root on Debian; elsewhere says that those tests are left out.
 * @param {Options} options
 */
export async function installSshd(options) {
  if (process.env['MERGE_LAB_SSHD'] || !isRootOnDebian()) {
    options.say(sshdAdvice);
    return;
  }
  options.say(
    "no ssh server was found: adding Debian's for the tests, and shells that are not sh (apt-get install openssh-server tcsh fish)",
  );
  await addPackages(['openssh-server', 'tcsh', 'fish'], options);
  if (findSshd() === null) options.say(sshdAdvice);
}
