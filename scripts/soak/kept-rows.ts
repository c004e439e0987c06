/** Rows of simulation studies between their runs and docs/simulations.md: one file a study, ignored by git. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../../core/problem.ts';

const FOLDER = path.join(import.meta.dirname, '..', '..', '.tools', 'simulations');

export function keepRows(study: string, rows: unknown): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(fileOf(study), JSON.stringify(rows, null, 1));
}

/** What `keepRows` kept. @throws ProblemError where the study has not run */
export function keptRows<T>(study: string): T {
  try {
    return JSON.parse(readFileSync(fileOf(study), 'utf8')) as T;
  } catch {
    throw new ProblemError({
      code: 'no_rows',
      message: `No rows of the study "${study}" are kept in ${FOLDER}.`,
      fix: 'Run it first: npm run soak -- 2000.',
    });
  }
}

function fileOf(study: string): string {
  return path.join(FOLDER, `${study}.json`);
}
