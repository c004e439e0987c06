/** An experiment's own files on a host: sent up once by content, and named as here in all that comes back. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { AGENT, type PreparedFile, type PrepareRequest, STORE_FORMAT } from '../../core/store/format.ts';
import { type KeptAnswer, requestDigest } from '../../core/store/prepared.ts';
import { expandHome } from '../merge-request.ts';
import type { AnyPrepared } from '../prepared-cache.ts';
import { writeAtomically } from '../write-atomically.ts';
import type { HostLink } from './host-link.ts';
import type { HostPlace } from './known-hosts.ts';
import { sendFile } from './transfer.ts';

/** Absolute path here, as the file says it, to the path on the host. */
export interface DataOnHost {
  readonly domains: ReadonlyMap<string, string>;
  readonly template: string;
  /** Host path to the path here. */
  readonly names: ReadonlyMap<string, string>;
  /** As they were before they were sent. */
  readonly files: PreparedFile['files'];
}

/** A file that is not there goes by a name that is not there either: the agent says what is missing. */
export async function sendData(
  link: HostLink,
  store: string,
  { root, evaluation }: PrepareRequest,
  signal: AbortSignal,
): Promise<DataOnHost> {
  const names = new Map<string, string>();
  const files: PreparedFile['files'][number][] = [];
  const send = async (said: string): Promise<string> => {
    const file = path.resolve(root, expandHome(said));
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
    const mtime_ns = stat ? String(stat.mtimeNs) : null;
    files.push({ path: file, size: stat?.isFile() ? Number(stat.size) : null, mtime_ns });
    const there = stat?.isFile()
      ? (await sendFile(link, store, 'data', file, signal)).path
      : `${store}/data/none/${names.size}`;
    names.set(there, file);
    return there;
  };
  const domains = new Map<string, string>();
  for (const [domain, file] of Object.entries(evaluation.domains)) domains.set(domain, await send(file));
  const asked = evaluation.chat_template;
  const template = asked === 'auto' || asked === 'none' ? asked : await send(asked);
  return { domains, template, names, files };
}

/** The question as the host can answer it. Relative models begin at the host's folder of models. */
export function toHost(
  request: PrepareRequest,
  data: DataOnHost,
  { store, models }: Pick<HostPlace, 'store' | 'models'>,
): PrepareRequest {
  return {
    ...request,
    store,
    root: models,
    evaluation: {
      ...request.evaluation,
      domains: Object.fromEntries(data.domains),
      chat_template: data.template,
    },
  };
}

/** The answer with the names that its files have here. */
export function fromHost<A extends AnyPrepared>(prepared: A, { names }: DataOnHost): A {
  // The longest first: one may begin as another does.
  const longest = [...names].sort(([one], [other]) => other.length - one.length);
  const here = (text: string): string => {
    let said = text;
    for (const [there, file] of longest) said = said.replaceAll(there, file);
    return said;
  };
  const problem = <P extends AnyPrepared['problems'][number]>(found: P): P => ({
    ...found,
    message: here(found.message),
    ...(found.file === undefined ? {} : { file: here(found.file) }),
  });
  const evaluations = Object.entries(prepared.evaluations).map(([name, made]) => [
    name,
    { ...made, file: here(made.file) },
  ]);
  return {
    ...prepared,
    evaluations: Object.fromEntries(evaluations),
    problems: prepared.problems.map(problem),
    warnings: prepared.warnings.map(problem),
  };
}

/** So that the experiment can be looked at without the host, for as long as its data has not changed here. */
export function keepPrepared<A extends AnyPrepared>(
  request: PrepareRequest,
  answer: A,
  { files }: DataOnHost,
): void {
  const kept: KeptAnswer<A> = { format: STORE_FORMAT, agent: AGENT, request, files, answer };
  const file = path.join(request.store, 'prepared', `${requestDigest(request)}.json`);
  writeAtomically(file, JSON.stringify(kept));
}
