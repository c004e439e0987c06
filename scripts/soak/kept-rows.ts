/** Results of simulation studies between their runs and docs/simulations.md: one file a study, ignored by git. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../../core/problem.ts';
import type { Row } from '../../test/simulation/tally.ts';

const FOLDER = path.join(import.meta.dirname, '..', '..', '.tools', 'simulations');

/** What a study has counted so far. */
export interface KeptStudy {
  /** The `sourceDigest` of what was simulated. */
  readonly source: string;
  /** In the order of the study. */
  readonly designs: readonly KeptDesign[];
}

export interface KeptDesign {
  readonly name: string;
  readonly seed: number;
  readonly replicates: number;
  readonly rows: readonly Row[];
}

export function keep(name: string, value: unknown): void {
  mkdirSync(FOLDER, { recursive: true });
  const file = fileOf(name);
  writeFileSync(`${file}.part`, JSON.stringify(value, null, 1));
  renameSync(`${file}.part`, file);
}

/** What `keep` kept; null where that is nothing. */
export function keptSoFar<T>(name: string): T | null {
  try {
    return JSON.parse(readFileSync(fileOf(name), 'utf8')) as T;
  } catch {
    return null;
  }
}

/** @throws ProblemError where the study has not run */
export function kept<T>(name: string): T {
  const value = keptSoFar<T>(name);
  if (value !== null) return value;
  throw new ProblemError({
    code: 'no_rows',
    message: `Nothing of the study "${name}" is kept in ${FOLDER}.`,
    fix: 'Run it first: npm run soak -- 2000.',
  });
}

function fileOf(name: string): string {
  return path.join(FOLDER, `${name}.json`);
}
