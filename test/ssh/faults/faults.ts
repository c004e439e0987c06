/** What can go wrong with a run on a host, by name. */
import type { Fault } from './fault.ts';
import { FAULTS_OF_MACHINES } from './faults-of-machines.ts';
import { FAULTS_OF_NETWORKS } from './faults-of-networks.ts';
import { FAULTS_OF_PROCESSES } from './faults-of-processes.ts';

export const FAULTS: Readonly<Record<string, Fault>> = {
  ...FAULTS_OF_NETWORKS,
  ...FAULTS_OF_PROCESSES,
  ...FAULTS_OF_MACHINES,
};
