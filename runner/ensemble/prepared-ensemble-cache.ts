import type { PreparedEnsemble } from '../../core/store/ensemble/format.ts';
import { parsePreparedEnsemble } from '../../core/store/ensemble/prepared.ts';
import type { PrepareRequest } from '../../core/store/format.ts';
import { readKept } from '../prepared-cache.ts';

/** Null where the question is new, or anything that the answer rests on has changed. */
export function readPreparedEnsemble(request: PrepareRequest): PreparedEnsemble | null {
  return readKept(request, parsePreparedEnsemble, ({ evaluations }) => Object.keys(evaluations));
}
