/** Answers of `prepare` kept in the store: good for as long as no file that they rest on has changed. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { AGENT, type Prepared, type PreparedFile, type PrepareRequest } from '../core/store/format.ts';
import { type KeptAnswer, parsePreparedFile, requestDigest } from '../core/store/prepared.ts';

/** Null where the question is new, another agent answered, a file changed, or the answer was that something is wrong: that may have been mended. */
export function readPrepared(request: PrepareRequest): Prepared | null {
  return readKept(request, parsePreparedFile, ({ evaluations }) =>
    Object.values(evaluations).map(({ id }) => id),
  );
}

type Problems = { readonly problems: readonly unknown[] };

/** @param evaluationsOf ids of the evaluation sets that an answer names: they must be there too */
export function readKept<A extends Problems>(
  request: PrepareRequest,
  parse: (text: string, request: PrepareRequest) => KeptAnswer<A> | null,
  evaluationsOf: (answer: A) => readonly string[],
): A | null {
  const file = path.join(request.store, 'prepared', `${requestDigest(request)}.json`);
  if (!existsSync(file)) return null;
  const prepared = parse(readFileSync(file, 'utf8'), request);
  if (!prepared || prepared.agent !== AGENT || prepared.answer.problems.length > 0) return null;
  const complete = evaluationsOf(prepared.answer).every((id) =>
    existsSync(path.join(request.store, 'evaluations', `${id}.json`)),
  );
  return complete && prepared.files.every(isUnchanged) ? prepared.answer : null;
}

function isUnchanged(read: PreparedFile['files'][number]): boolean {
  const now = statSync(read.path, { bigint: true, throwIfNoEntry: false });
  if (!now) return read.mtime_ns === null;
  return String(now.mtimeNs) === read.mtime_ns && (now.isFile() ? Number(now.size) : null) === read.size;
}
