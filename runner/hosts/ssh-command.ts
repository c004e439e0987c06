/** How ssh is called: the user's own configuration, keys and jump hosts, without a question that nobody would see. */
import type { Host } from '../../core/hosts/host.ts';
import { wrongDestination } from '../../core/hosts/host.ts';
import { ProblemError } from '../../core/problem.ts';

export const CONNECT_S = 15;
/** A connection without a sign of life for so long is given up: three questions, 15 s apart. */
const ALIVE_S = 15;

const OPTIONS = [
  'BatchMode=yes',
  `ConnectTimeout=${CONNECT_S}`,
  `ServerAliveInterval=${ALIVE_S}`,
  'ServerAliveCountMax=3',
  'RequestTTY=no',
  'RemoteCommand=none',
  'PermitLocalCommand=no',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ForwardX11=no',
  'EscapeChar=none',
  // A connection that is shared already is used; one of ours would outlive us.
  'ControlMaster=no',
  // What it says is how its failures are told apart: this much names a first factor that was taken.
  'LogLevel=VERBOSE',
];

/**
 * What a login shell of any kind is told, always the same: no data ever stands in a command. The line that is read is
 * one of the fixed scripts here; what they work with comes in the lines behind it.
 */
export const LAUNCHER = `exec sh -c 'IFS= read -r s && eval "$s"'`;

/** Arguments for ssh. Throws `host_invalid` for a destination that ssh would read as an option. */
export function sshArguments({ name, ssh }: Host): readonly string[] {
  const wrong = wrongDestination(ssh);
  if (wrong !== null) {
    throw new ProblemError({
      code: 'host_invalid',
      message: `The host ${name} cannot be reached as "${ssh}": ${wrong}.`,
      fix: 'Correct its `ssh:` in hosts.yaml.',
    });
  }
  return [...OPTIONS.flatMap((option) => ['-o', option]), '-T', '--', ssh, LAUNCHER];
}

/** A script and the lines that it reads, as they are written to ssh. Throws `host_path_invalid`. */
export function scriptInput(script: string, lines: readonly string[]): string {
  const wrong = lines.find((line) => /[\n\0]/.test(line));
  if (wrong !== undefined) {
    throw new ProblemError({
      code: 'host_path_invalid',
      message: `A path on the host holds a line break: ${JSON.stringify(wrong.slice(0, 200))}.`,
      fix: 'Name folders without one as `directory:` and `python:` in hosts.yaml.',
    });
  }
  return `${[script, ...lines].join('\n')}\n`;
}
