/** Answers of `prepare` kept in the store: good for as long as no file that they rest on has changed. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type * as z from 'zod';
import type { PreparedEnsemble } from '../core/store/ensemble/format.ts';
import { parsePreparedEnsemble, preparedEnsembleSchema } from '../core/store/ensemble/prepared.ts';
import { AGENT, type Prepared, type PreparedFile, type PrepareRequest } from '../core/store/format.ts';
import { type KeptAnswer, parsePreparedFile, preparedSchema, requestDigest } from '../core/store/prepared.ts';

export type AnyPrepared = Prepared | PreparedEnsemble;

/** How the answers of one kind are read. */
export interface Preparation<A extends AnyPrepared> {
  readonly schema: z.ZodType<A>;
  readonly parseKept: (text: string, request: PrepareRequest) => KeptAnswer<A> | null;
  /** Ids of the evaluation sets that an answer names: they must be in the store too. */
  readonly evaluationsOf: (answer: A) => readonly string[];
}

export const OF_MERGES: Preparation<Prepared> = {
  schema: preparedSchema,
  parseKept: parsePreparedFile,
  evaluationsOf: ({ evaluations }) => Object.values(evaluations).map(({ id }) => id),
};

export const OF_ENSEMBLE: Preparation<PreparedEnsemble> = {
  schema: preparedEnsembleSchema,
  parseKept: parsePreparedEnsemble,
  evaluationsOf: ({ evaluations }) => Object.keys(evaluations),
};

/** Null where the question is new, another agent answered, a file changed, or the answer was that something is wrong: that may have been mended. */
export function readPrepared<A extends AnyPrepared>(
  request: PrepareRequest,
  { parseKept, evaluationsOf }: Preparation<A>,
): A | null {
  const file = path.join(request.store, 'prepared', `${requestDigest(request)}.json`);
  if (!existsSync(file)) return null;
  const prepared = parseKept(readFileSync(file, 'utf8'), request);
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
