import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseTaskScores, type TaskScore } from '../../core/store/task-scores.ts';

/** All that the store holds, in the order of its files' names. */
export function readTaskScores(store: string): readonly TaskScore[] {
  const folder = path.join(store, 'downstream');
  return fileNames(folder).flatMap((name) => parseTaskScores(readFileSync(path.join(folder, name))));
}

function fileNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl') && !name.startsWith('.'))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
