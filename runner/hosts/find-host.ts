/** Which host is meant by a name: one of `hosts.yaml`, else an alias of the user's ssh configuration. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { closest } from 'fastest-levenshtein';
import { type Host, plainHost, wrongHostName } from '../../core/hosts/host.ts';
import { type HostsFile, parseHosts } from '../../core/hosts/hosts-file.ts';
import { type Problem, ProblemError } from '../../core/problem.ts';

export interface FoundHost {
  readonly host: Host;
  /** Whether the user's own file describes it: nobody else can have put it there. */
  readonly isDeclared: boolean;
}

export function hostsFile(home: string): string {
  return path.join(home, 'hosts.yaml');
}

/** Throws `hosts_unreadable`. */
export function readHosts(home: string): HostsFile {
  const file = hostsFile(home);
  try {
    return parseHosts(readFileSync(file, 'utf8'), file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { hosts: new Map(), problems: [] };
    throw new ProblemError(
      {
        code: 'hosts_unreadable',
        message: `The file ${file} cannot be read: ${(cause as Error).message}`,
        fix: 'Give yourself the right to read it, or remove it.',
        file,
      },
      { cause },
    );
  }
}

/** Throws `host_invalid`, or the problems of `hosts.yaml` as one where they keep the host from being known. */
export function findHost(name: string, home: string): FoundHost {
  const wrong = wrongHostName(name);
  const { hosts, problems } = readHosts(home);
  if (wrong !== null) throw new ProblemError(invalid(name, wrong, [...hosts.keys()]));
  const declared = hosts.get(name);
  if (declared) return { host: declared, isDeclared: true };
  const [first, ...rest] = problems;
  if (first) throw new ProblemError({ ...first, message: [first.message, ...rest.map(also)].join('\n') });
  return { host: plainHost(name), isDeclared: false };
}

function also({ line, column, message, fix }: Problem): string {
  return `  also ${line}:${column}: ${message} ${fix}`;
}

function invalid(name: string, why: string, known: readonly string[]) {
  const near =
    known.length > 0 ? ` Known hosts: ${known.join(', ')}; the nearest is ${closest(name, [...known])}.` : '';
  return {
    code: 'host_invalid',
    message: `"${name.slice(0, 60)}" cannot be a host: ${why}.${near}`,
    fix: 'Name one of hosts.yaml, or an alias of your ssh configuration.',
  };
}
