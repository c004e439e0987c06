/** Why a connection through ssh could not be made or broke, told apart by what ssh says of it. */
import type { Host } from '../../core/hosts/host.ts';
import type { Problem } from '../../core/problem.ts';
import type { CommandEnd } from '../agent-connection.ts';
import { CONNECT_S } from './ssh-command.ts';

/** What may be otherwise a moment later, without anybody doing anything. */
const PASSING: ReadonlySet<string> = new Set([
  'host_refused',
  'host_connection_lost',
  'host_unreachable',
  'agent_died',
  'agent_silent',
]);

export function isPassing(problem: Problem): boolean {
  return PASSING.has(problem.code);
}

interface Cause {
  readonly code: string;
  readonly pattern: RegExp;
  message(host: Host): string;
  fix(host: Host): string;
}

const byHand = ({ ssh }: Host): string => `ssh ${ssh}`;

/** The first that fits: what is surely said before what could be anything. */
const CAUSES: readonly Cause[] = [
  {
    code: 'host_key_changed',
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    message: ({ name }) =>
      `The host key of ${name} is another one than before: it may not be the same machine.`,
    fix: (host) =>
      `Ask its administrator. If the change is meant, remove the old key with ssh-keygen -R, then connect once by hand: ${byHand(host)}`,
  },
  {
    code: 'host_key_unknown',
    pattern: /Host key verification failed|No .* host key is known for/,
    message: ({ name }) => `ssh does not know the host key of ${name} yet.`,
    fix: (host) => `Connect once by hand, and compare its fingerprint: ${byHand(host)}`,
  },
  {
    code: 'ssh_config_broken',
    pattern:
      /Bad owner or permissions on|Bad configuration option|terminating, \d+ bad configuration|Can't open user config/,
    message: ({ name }) => `ssh cannot use its configuration to reach ${name}.`,
    fix: (host) => `Correct what this says: ${byHand(host)}`,
  },
  {
    code: 'host_not_found',
    pattern: /Could not resolve hostname|Name or service not known|nodename nor servname/,
    message: ({ name, ssh }) =>
      `There is no host ${ssh}${name === ssh ? '' : ` (${name})`} that ssh can find.`,
    fix: () => 'Correct its name, or add it to your ssh configuration.',
  },
  {
    code: 'ssh_key_unprotected',
    pattern: /UNPROTECTED PRIVATE KEY FILE/,
    message: ({ name }) => `ssh does not use a key for ${name} that others may read.`,
    fix: () => 'Take the right from them: chmod 600 on the key file.',
  },
  {
    code: 'host_too_many_keys',
    pattern: /Too many authentication failures/,
    message: ({ name }) => `${name} refused after too many keys were tried.`,
    fix: () => 'Name its key in your ssh configuration: IdentityFile, with IdentitiesOnly yes.',
  },
  {
    code: 'host_second_factor',
    pattern: /with partial success/,
    message: ({ name }) =>
      `${name} took the key and asks for a second factor, which cannot be answered here.`,
    fix: (host) =>
      `Open a shared connection by hand and leave it open: ${byHand(host)} with ControlMaster in your ssh configuration.`,
  },
  {
    code: 'host_password_wanted',
    pattern: /Permission denied \([^)]*(?:password|keyboard-interactive)/,
    message: ({ name }) =>
      `${name} took no key of yours and would ask for a password, which cannot be answered here.`,
    fix: (host) =>
      `Give it a key (ssh-copy-id), load a key with a passphrase into your agent (ssh-add), then see that this asks nothing: ${byHand(host)}`,
  },
  {
    code: 'host_login_refused',
    pattern: /Permission denied/,
    message: ({ name }) => `${name} took none of the keys that ssh can use without asking.`,
    fix: (host) =>
      `Load a key with a passphrase into your agent (ssh-add), or give the host your key, then see that this works: ${byHand(host)}`,
  },
  {
    code: 'host_refused',
    pattern: /Connection refused/,
    message: ({ name }) => `Nothing answers at the ssh port of ${name}: the connection was refused.`,
    fix: () => 'Start its ssh server, or correct the port in your ssh configuration.',
  },
  {
    code: 'host_unreachable',
    pattern: /timed out|No route to host|Network is unreachable|Network is down|Host is down/,
    message: ({ name }) => `${name} cannot be reached.`,
    fix: () => 'Check that it is on and that this network leads to it (a VPN?), then try again.',
  },
  {
    code: 'host_no_shell',
    pattern: /account is currently not available|not a valid shell|no shell|This service allows sftp/i,
    message: ({ name }) => `${name} lets you in, but gives you no shell.`,
    fix: () => 'Use a host where you may run programs.',
  },
];

/** ssh's own exit code; another one is of what it started. */
const SSH_FAILED = 255;

/** Null where what ended was not ssh but the agent behind it. */
export function sshProblem(host: Host, { code, said, greeted }: CommandEnd): Problem | null {
  if (code === 'silent') return greeted ? null : silent(host);
  if (code === 'missing') return NO_SSH;
  const cause = CAUSES.find(({ pattern }) => pattern.test(said));
  if (cause && (code === SSH_FAILED || cause.code === 'host_no_shell') && !greeted)
    return { code: cause.code, message: cause.message(host), fix: cause.fix(host) };
  if (code !== SSH_FAILED && code !== null) return null;
  const last = lastWords(said);
  return {
    code: 'host_connection_lost',
    message: `The connection to ${host.name} ${greeted ? 'broke' : 'could not be made'}${last ? `: ${last}` : '.'}`,
    fix: `What runs there goes on. Try again; if it stays so, see what this says: ${byHand(host)}`,
  };
}

/** Of a connection that is kept, and made again by itself. */
export function lost({ name }: Host): Problem {
  return {
    code: 'host_connection_lost',
    message: `The connection to ${name} broke; the run there goes on.`,
    fix: 'Nothing is needed: it is tried again.',
  };
}

/** Without what ssh says of every connection. */
export function lastWords(said: string): string {
  const lines = said
    .split('\n')
    .filter((line) => !/^(?:Authenticated to|Transferred:|Bytes per second)/.test(line));
  return (lines.at(-1) ?? '').trim().slice(0, 300);
}

function silent(host: Host): Problem {
  return {
    code: 'host_silent',
    message: `${host.name} was reached, but its shell did not start a program within a minute (a connection has ${CONNECT_S} s).`,
    fix: `See what keeps its login shell waiting: ${byHand(host)}`,
  };
}

const NO_SSH: Problem = {
  code: 'ssh_missing',
  message: 'There is no program ssh on this machine.',
  fix: 'Install OpenSSH (on Debian or Ubuntu: sudo apt install openssh-client).',
};
