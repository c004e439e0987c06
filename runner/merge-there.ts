import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MERGE_RECORD } from '../core/report/merge-record.ts';
import { modelFiles } from './hosts/model-files.ts';
import type { MergeDocument } from './target.ts';

/** Whether the folder holds this very merge already, as its record says: a merged model appears whole. */
export function isMergeThere({ out, files }: Pick<MergeDocument, 'out' | 'files'>): boolean {
  const record = files[MERGE_RECORD];
  try {
    return readFileSync(path.join(out, MERGE_RECORD), 'utf8') === record && modelFiles(out).length > 0;
  } catch {
    return false;
  }
}
