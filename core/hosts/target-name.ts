import type { Host } from './host.ts';

/** What a file may name as its target, besides `local`. */
export interface TargetName {
  readonly host: Host;
  /** Who names it first: the user's own list, the ssh configuration, or the list of hosts that were agreed to. */
  readonly from: 'hosts.yaml' | 'ssh' | 'agreed';
  /** The agent was put there, or a Python is used there, with the user's consent. */
  readonly isAgreed: boolean;
}
