/** `~/.merge-lab/hosts.yaml`: the hosts that experiments may name, apart from them so that those can be shared. */
import { isMap, LineCounter, type Node, parseDocument } from 'yaml';
import { Positions } from '../experiment/positions.ts';
import { didYouMean } from '../experiment/shape.ts';
import type { Problem } from '../problem.ts';
import {
  type Host,
  isWorkers,
  MOST_WORKERS,
  plainHost,
  wrongDestination,
  wrongHostName,
  wrongHostPath,
  wrongRay,
} from './host.ts';
import { isSlurmKey, SLURM_KEYS, wrongSlurm } from './slurm.ts';

const LARGEST = 100_000;
const KEYS = ['ssh', 'python', 'directory', 'models', 'workers', 'slurm', 'ray'] as const;

export interface HostsFile {
  /** Without those that have a problem. */
  readonly hosts: ReadonlyMap<string, Host>;
  readonly problems: readonly Problem[];
}

type Found = Pick<Problem, 'message' | 'fix'> & { readonly path: readonly string[] };

/** Never throws, whatever the text. */
export function parseHosts(text: string, file: string): HostsFile {
  const none = (message: string, fix: string): HostsFile => ({
    hosts: new Map(),
    problems: [{ code: 'hosts_invalid', message, fix, file, line: 1, column: 1 }],
  });
  if (text.length > LARGEST) return none('The file is too large to be a list of hosts.', 'Shorten it.');
  const lines = new LineCounter();
  const document = parse(text, lines);
  const [wrong] = document?.errors ?? [];
  if (!document) return none('The file nests too deeply.', 'Write a map from names to hosts.');
  const positions = new Positions(document, lines, text);
  const problem = ({ path, message, fix }: Found): Problem => {
    const { line, column } = (positions.keyAt(path) ?? positions.whole()).start;
    return { code: 'hosts_invalid', message, fix, file, line, column };
  };
  if (wrong) {
    const { line, column } = positions.between(wrong.pos[0], wrong.pos[1]).start;
    const message = `This is not valid YAML: ${wrong.message}.`;
    const broken: Problem = { code: 'hosts_invalid', message, fix: 'Correct the YAML here.', file };
    return { hosts: new Map(), problems: [{ ...broken, line, column }] };
  }
  const { contents } = document as { contents: Node | null };
  if (contents === null) return { hosts: new Map(), problems: [] };
  const value = plainValue(document);
  if (!isMap(contents) || value === null)
    return none(
      'The file must be a map from names to hosts.',
      'Write e.g. `gpu-box: { ssh: user@gpu-box }`.',
    );
  const hosts = new Map<string, Host>();
  const problems: Problem[] = [];
  for (const [name, entry] of Object.entries(value)) {
    const { host, found } = readHost(name, entry);
    problems.push(...found.map(problem));
    if (host && found.length === 0) hosts.set(name, host);
  }
  return { hosts, problems };
}

function parse(text: string, lineCounter: LineCounter): ReturnType<typeof parseDocument> | null {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function plainValue(document: ReturnType<typeof parseDocument>): Record<string, unknown> | null {
  try {
    return document.toJS({ maxAliasCount: 20 }) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function readHost(name: string, entry: unknown): { readonly host: Host | null; readonly found: Found[] } {
  const shown = name.slice(0, 60);
  const wrong = wrongHostName(name);
  if (wrong)
    return {
      host: null,
      found: [
        { path: [name], message: `A host cannot be called \`${shown}\`: ${wrong}.`, fix: 'Rename it.' },
      ],
    };
  if (typeof entry !== 'object' || Array.isArray(entry)) {
    const message = `\`${shown}\` must be a map of keys to values.`;
    return { host: null, found: [{ path: [name], message, fix: `Write \`${shown}: { ssh: user@host }\`.` }] };
  }
  // A name with nothing behind it has every default.
  const values = (entry ?? {}) as Record<string, unknown>;
  const found = Object.keys(values).flatMap(
    (key) => wrongKey(name, key) ?? wrongValue(name, key, values[key]) ?? [],
  );
  if ('slurm' in values && 'ray' in values)
    found.push({
      path: [name, 'ray'],
      message: `\`${shown}\` has \`slurm\` and \`ray\`, but one of them starts its workers.`,
      fix: 'Remove one.',
    });
  return { host: { ...plainHost(name), ...values, name }, found };
}

function wrongKey(name: string, key: string): Found | null {
  if ((KEYS as readonly string[]).includes(key)) return null;
  return unknownKey([name, key], 'a host', KEYS);
}

function unknownKey(path: readonly string[], of: string, known: readonly string[]): Found {
  const key = path.at(-1) ?? '';
  const near = didYouMean(key, known);
  const hint = near ? ` Did you mean \`${near}\`?` : '';
  return {
    path,
    message: `\`${key.slice(0, 60)}\` is not a key of ${of}.${hint}`,
    fix: near ? `Write \`${near}\`.` : `Remove it; ${of} has \`${known.join('`, `')}\`.`,
  };
}

function wrongInSlurm(name: string, value: unknown): readonly Found[] {
  const path = [name, 'slurm'];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const fix = 'Write e.g. `slurm: { partition: gpu, gpus: 1, time: "4:00:00" }`.';
    return [{ path, message: `\`slurm\` of \`${name}\` must be a map of keys to values.`, fix }];
  }
  return Object.entries(value).flatMap(([key, each]): Found[] => {
    if (!isSlurmKey(key)) return [unknownKey([...path, key], '`slurm`', SLURM_KEYS)];
    const why = wrongSlurm(key, each);
    if (why === null) return [];
    const message = `\`${key}\` of \`slurm\` cannot be \`${String(each).slice(0, 60)}\`: ${why}.`;
    return [{ path: [...path, key], message, fix: 'Correct it.' }];
  });
}

function wrongValue(name: string, key: string, value: unknown): Found | readonly Found[] | null {
  if (key === 'slurm') return wrongInSlurm(name, value);
  const path = [name, key];
  const of = `\`${key}\` of \`${name}\``;
  if (key === 'workers')
    return isWorkers(value)
      ? null
      : {
          path,
          message: `${of} must be \`auto\` or a number from 1 to ${MOST_WORKERS}.`,
          fix: 'Correct it.',
        };
  if (key === 'ray') {
    const why = wrongRay(value);
    const shown = String(value).slice(0, 60);
    return why ? { path, message: `${of} cannot be \`${shown}\`: ${why}.`, fix: 'Correct it.' } : null;
  }
  if (typeof value !== 'string') return { path, message: `${of} must be text.`, fix: 'Write it in quotes.' };
  const why = key === 'ssh' ? wrongDestination(value) : wrongPath(key, value);
  return why
    ? { path, message: `${of} cannot be \`${value.slice(0, 60)}\`: ${why}.`, fix: 'Correct it.' }
    : null;
}

/** A Python may also be named as the host's shell finds it. */
function wrongPath(key: string, value: string): string | null {
  // Paths of Python are parted by colons.
  if (key === 'directory' && value.includes(':')) return 'it holds a colon';
  return key === 'python' && /^[A-Za-z0-9][\w.-]*$/.test(value) ? null : wrongHostPath(value);
}
