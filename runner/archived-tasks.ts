/** Task folders of an experiment in its archive: each file as `beside/<its path from the experiment's folder>`. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseExperiment } from '../core/experiment/parse.ts';
import { ProblemError } from '../core/problem.ts';
import { nameTasks, taskFiles, taskFolder } from './downstream/name-tasks.ts';

/** No part begins with a dot, so that none leads elsewhere or is hidden. */
const PART = '(?!\\.)[^/\\\\:\\0]{1,200}';
export const BESIDE = new RegExp(`^beside(?:/${PART})+$`);

export interface ArchivedTasks {
  readonly entries: Readonly<Record<string, Uint8Array>>;
  /** Tasks whose folders cannot be taken along, as the experiment names them. */
  readonly left_out: readonly string[];
}

/** Of the task folders below the experiment's. */
export function archiveTasks(file: string): ArchivedTasks {
  const root = path.dirname(file);
  const entries: Record<string, Uint8Array> = {};
  const left_out: string[] = [];
  for (const { task, key } of nameTasks(root, tasksOf(readFileSync(file, 'utf8')))) {
    const folder = taskFolder(root, task.task);
    if (folder === null) continue;
    const isOurs = key !== null && isBelow(root, folder);
    const found = isOurs ? taskFiles(folder).map(([name]) => path.join(folder, name)) : [];
    const named = found.map((from): [string, string] => [entryOf(root, from), from]);
    if (named.length === 0 || !named.every(([entry]) => BESIDE.test(entry))) left_out.push(task.task);
    else for (const [entry, from] of named) entries[entry] = readFileSync(from);
  }
  return { entries, left_out: [...new Set(left_out)] };
}

function entryOf(root: string, file: string): string {
  return `beside/${path.relative(root, file).split(path.sep).join('/')}`;
}

/**
 * Where the files of an archive's tasks go, in folders that its own experiment names and nowhere else. Throws
 * `archive_exists` for a file that is there and is another one.
 */
export function placesOfTasks(
  archived: ReadonlyMap<string, Uint8Array>,
  experiment: string,
  folder: string,
): ReadonlyMap<string, Uint8Array> {
  const named = tasksOf(experiment).flatMap(({ task }) => taskFolder(folder, task) ?? []);
  const own = named.filter((task) => isBelow(folder, task));
  const places = new Map<string, Uint8Array>();
  for (const [entry, bytes] of archived) {
    if (!BESIDE.test(entry)) continue;
    const file = path.join(folder, ...entry.split('/').slice(1));
    if (!own.some((task) => isBelow(task, file))) continue;
    if (existsSync(file) && !readFileSync(file).equals(bytes)) throw isAnother(file);
    places.set(file, bytes);
  }
  return places;
}

function isBelow(folder: string, file: string): boolean {
  return file.startsWith(folder + path.sep);
}

function tasksOf(text: string) {
  return parseExperiment(text).experiment?.evaluation.downstream ?? [];
}

function isAnother(file: string): ProblemError {
  return new ProblemError({
    code: 'archive_exists',
    message: `${file} exists already and is not what the archive holds.`,
    fix: 'Import into an empty folder: merge-lab import ARCHIVE FOLDER.',
    file,
  });
}
