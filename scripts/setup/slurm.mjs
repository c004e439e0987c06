import { existsSync } from 'node:fs';
import { addPackages, isRootOnDebian } from './debian.mjs';

/** @typedef {import('./python.mjs').Options} Options */

const programs = ['munged', 'slurmctld', 'slurmd'];

/** Whether a cluster can be started on this machine, for tests of login nodes. */
export function hasSlurm() {
  return programs.every((name) =>
    ['/usr/sbin', '/usr/local/sbin'].some((folder) => existsSync(`${folder}/${name}`)),
  );
}

/** What to do where there is none and it cannot be installed here. */
export const slurmAdvice =
  'no Slurm was found: tests of clusters are left out (on Debian or Ubuntu: sudo apt install slurmctld slurmd slurm-client)';

/**
 * Debian's, where this is root on Debian; elsewhere says that those tests are left out.
 * @param {Options} options
 */
export async function installSlurm(options) {
  if (!isRootOnDebian()) {
    options.say(slurmAdvice);
    return;
  }
  options.say(
    "no Slurm was found: adding Debian's for the tests (apt-get install slurmctld slurmd slurm-client)",
  );
  await addPackages(['slurmctld', 'slurmd', 'slurm-client', 'munge'], options);
  if (!hasSlurm()) options.say(slurmAdvice);
}
