/** Task vectors of a store: what the agent measured, found again by the models' fingerprints. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type TaskVectors, taskVectors } from '../core/geometry/task-vectors.ts';
import { type Problem, ProblemError } from '../core/problem.ts';
import type { PlanHeader, PlanModel, PlanSize } from '../core/store/format.ts';
import { geometryKey, parseGeometry } from '../core/store/geometry.ts';

/** More than the sums of hundreds of experts take. */
const LARGEST = 32_000_000;

type Header = Pick<PlanHeader, 'pool' | 'sizes' | 'embeddings'>;

/** What the agent is asked: one size's models. */
export interface GeometryRequest {
  readonly store: string;
  readonly base: Model;
  readonly experts: readonly Model[];
  readonly embeddings: PlanHeader['embeddings'];
}

type Model = Pick<PlanModel, 'path' | 'fingerprint'>;

/** By size, for those that are measured; files that are damaged or of another version are as if they were not there. */
export function readTaskVectors(store: string, header: Header): ReadonlyMap<string, TaskVectors> {
  const { pool, sizes, embeddings } = header;
  return new Map(
    Object.entries(sizes).flatMap(([name, size]) => {
      const key = geometryKey(size, embeddings);
      const bytes = readSmall(path.join(store, 'geometry', `${key}.json`));
      const file = bytes && parseGeometry(bytes, key);
      return file ? [[name, taskVectors(file, size, pool)] as const] : [];
    }),
  );
}

/**
 * By size, measured where the store lacks them. They are worth a line in a plan, never its failure: where one cannot be
 * measured, the problem says why. Throws what is no ProblemError, and `cancelled`.
 */
export async function measureTaskVectors(
  store: string,
  header: Header,
  agent: { geometry(request: GeometryRequest): Promise<void> },
): Promise<{ readonly geometry: ReadonlyMap<string, TaskVectors>; readonly problems: readonly Problem[] }> {
  const known = readTaskVectors(store, header);
  const problems: Problem[] = [];
  for (const [name, size] of Object.entries(header.sizes)) {
    if (known.has(name)) continue;
    try {
      await agent.geometry(requestOf(store, size, header.embeddings));
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
      problems.push(error.problem);
    }
  }
  const complete = known.size === Object.keys(header.sizes).length;
  return { geometry: complete ? known : readTaskVectors(store, header), problems };
}

function requestOf(store: string, size: PlanSize, embeddings: PlanHeader['embeddings']): GeometryRequest {
  const model = ({ path, fingerprint }: Model): Model => ({ path, fingerprint });
  return { store, base: model(size.base), experts: Object.values(size.experts).map(model), embeddings };
}

function readSmall(file: string): Uint8Array | null {
  try {
    return statSync(file).size <= LARGEST ? readFileSync(file) : null;
  } catch {
    return null;
  }
}
