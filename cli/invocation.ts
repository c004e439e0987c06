import type { Workers } from '../core/hosts/host.ts';

/**
 * How a person types a command here: through npm in a checkout, by name where it is installed. What is printed as
 * advice must work when pasted. `on`: the host that was named for this call.
 */
export function invocation(env: NodeJS.ProcessEnv, command: string, file?: string, on?: string): string {
  const program = env['npm_lifecycle_event'] === undefined ? 'merge-lab' : 'npm run -s merge-lab --';
  const place = on === undefined ? [] : ['--on', on];
  return [program, command, ...(file === undefined ? [] : [quoted(file)]), ...place].join(' ');
}

/** A run as it was asked for on the command line. */
export interface AskedRun {
  readonly file: string;
  readonly on?: string;
  readonly device?: string;
  readonly workers?: Workers;
  readonly verify?: boolean;
  readonly downstream?: boolean;
  readonly full?: boolean;
}

/** The same run once more. */
export function runAgain(env: NodeJS.ProcessEnv, asked: AskedRun): string {
  const { file, on, device, workers, verify, downstream, full } = asked;
  const options = [
    device === undefined ? '' : `--device ${quoted(device)}`,
    workers === undefined ? '' : `--workers ${workers}`,
    verify === undefined ? '' : verify ? '--verify' : '--no-verify',
    downstream ? '--downstream' : '',
    full ? '--full' : '',
  ];
  return [invocation(env, 'run', file, on), ...options.filter(Boolean)].join(' ');
}

/** For any shell: a path with spaces or marks goes into double quotes. */
function quoted(file: string): string {
  return /^[\w./\\:@%+=-]+$/.test(file) ? file : `"${file}"`;
}
