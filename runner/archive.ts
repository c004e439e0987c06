/**
 * One experiment with its results as a zip archive: the file, its tasks' folders, its plan, and the evaluation sets, task
 * vectors, results and scores on tasks that belong to it. Names inside an archive are checked against a list of forms; nothing else is unpacked.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { ProblemError } from '../core/problem.ts';
import { isEnsemblePlan, parseEnsemblePlan } from '../core/store/ensemble/plan-file.ts';
import { geometryKey } from '../core/store/geometry.ts';
import { parsePlan } from '../core/store/plan-file.ts';
import type { AnyOutline } from './analysis-messages.ts';
import { archiveTasks, BESIDE, placesOfTasks } from './archived-tasks.ts';
import { readEnsemblePlan } from './ensemble/ensemble-plans.ts';
import { makeFolders } from './make-folders.ts';
import { readPlan } from './plan-files.ts';
import { cannotWrite } from './write-atomically.ts';

const HEX = '[0-9a-f]{64}';
const FORMS: readonly RegExp[] = [
  BESIDE,
  /^[^/\\]{1,200}\.mergelab\.ya?ml$/,
  new RegExp(`^store/plans/${HEX}\\.jsonl$`),
  new RegExp(`^store/evaluations/${HEX}\\.json$`),
  new RegExp(`^store/geometry/${HEX}\\.json$`),
  /^store\/(results|downstream)\/[A-Za-z0-9._-]{1,128}\.jsonl$/,
];
/** Unpacked; an archive that claims more is refused before it is read. */
const LARGEST = 4_000_000_000;

export interface Exported {
  readonly archive: string;
  readonly bytes: number;
  readonly results: number;
  /** Local tasks that stay here: their folders are not below the experiment's, or cannot be read. */
  readonly left_out: readonly string[];
}

/** Writes the archive beside a temporary name first, so that a cut leaves no half of one. */
export function exportArchive(file: string, store: string, plan: AnyOutline, archive: string): Exported {
  if (existsSync(archive)) {
    throw new ProblemError({
      code: 'archive_exists',
      message: `${archive} exists already.`,
      fix: 'Name another archive, or remove that one first.',
      file: archive,
    });
  }
  const { evaluations, geometry, keys } = partsOf(store, plan);
  const tasks = archiveTasks(file);
  const entries: Record<string, Uint8Array> = { ...tasks.entries };
  entries[path.basename(file)] = readFileSync(file);
  entries[`store/plans/${plan.id}.jsonl`] = readFileSync(path.join(store, 'plans', `${plan.id}.jsonl`));
  for (const id of evaluations) {
    entries[`store/evaluations/${id}.json`] = readFileSync(path.join(store, 'evaluations', `${id}.json`));
  }
  for (const key of geometry) {
    const name = `${key}.json`;
    const measured = path.join(store, 'geometry', name);
    if (existsSync(measured)) entries[`store/geometry/${name}`] = readFileSync(measured);
  }
  let results = 0;
  for (const folder of ['results', 'downstream']) {
    for (const name of lineFiles(store, folder)) {
      const [header = '', ...lines] = readFileSync(path.join(store, folder, name), 'utf8').split('\n');
      const wanted = lines.filter((line) => keys.has(keyOf(line)));
      if (folder === 'results') results += wanted.length;
      if (wanted.length > 0)
        entries[`store/${folder}/${name}`] = strToU8(`${[header, ...wanted].join('\n')}\n`);
    }
  }
  const bytes = zipSync(entries, { level: 6 });
  write(archive, bytes);
  return { archive, bytes: bytes.length, results, left_out: tasks.left_out };
}

interface Parts {
  readonly evaluations: ReadonlySet<string>;
  readonly geometry: readonly string[];
  /** Of results. */
  readonly keys: ReadonlySet<string>;
}

function partsOf(store: string, { id, header }: AnyOutline): Parts {
  const keysOf = (lines: readonly { readonly key: string }[]) => new Set(lines.map(({ key }) => key));
  if ('models' in header) {
    const ids = Object.values(header.models).flatMap(({ evaluations }) => Object.values(evaluations));
    return { evaluations: new Set(ids), geometry: [], keys: keysOf(readEnsemblePlan(store, id).lines) };
  }
  return {
    evaluations: new Set(Object.values(header.evaluations)),
    geometry: Object.values(header.sizes).map((size) => geometryKey(size, header.embeddings)),
    keys: keysOf(readPlan(store, id).lines),
  };
}

function lineFiles(store: string, name: string): readonly string[] {
  const folder = path.join(store, name);
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];
}

/** The key of a result or a score, without trusting the rest of it. */
function keyOf(line: string): string {
  return /^\{"key":"([0-9a-f]{64})"/.exec(line)?.[1] ?? '';
}

export interface Imported {
  /** The experiment file. */
  readonly file: string;
  /** Result files added; ones already there are left alone. */
  readonly added: number;
}

/** Unpacks into `folder`, its results into `store`. Existing files are never overwritten. */
export function importArchive(archive: string, folder: string, store: string): Imported {
  const entries = readEntries(archive);
  const [name] = [...entries.keys()].filter((entry) => !entry.includes('/'));
  const text = name === undefined ? undefined : entries.get(name);
  if (name === undefined || text === undefined) throw invalid(archive, 'it holds no experiment file');
  for (const [entry, bytes] of entries) verify(archive, entry, bytes);
  const file = path.join(folder, name);
  if (existsSync(file) && !readFileSync(file).equals(text)) {
    throw new ProblemError({
      code: 'archive_exists',
      message: `${file} exists already and is another experiment.`,
      fix: 'Import into an empty folder: merge-lab import ARCHIVE FOLDER.',
      file,
    });
  }
  const tasks = placesOfTasks(entries, strFromU8(text), folder);
  let added = 0;
  for (const [entry, bytes] of entries) {
    if (!entry.startsWith('store/')) continue;
    const isNew = place(path.join(store, ...entry.split('/').slice(1)), bytes);
    if (isNew && entry.startsWith('store/results/')) added += 1;
  }
  for (const [to, bytes] of tasks) place(to, bytes);
  place(file, text);
  return { file, added };
}

function readEntries(archive: string): Map<string, Uint8Array> {
  let total = 0;
  try {
    const unpacked = unzipSync(readFileSync(archive), {
      filter: ({ name, originalSize }) => {
        if (!FORMS.some((form) => form.test(name))) return false;
        total += originalSize;
        if (total > LARGEST) throw invalid(archive, 'it claims to be larger than 4 GB');
        return true;
      },
    });
    return new Map(Object.entries(unpacked));
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw invalid(archive, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** A plan must be what its name says; results carry a checksum a line and are checked when they are read. */
function verify(archive: string, entry: string, bytes: Uint8Array): void {
  const plan = /^store\/plans\/([0-9a-f]{64})\.jsonl$/.exec(entry)?.[1];
  if (plan === undefined) return;
  try {
    const text = strFromU8(bytes);
    if (isEnsemblePlan(text)) parseEnsemblePlan(plan, text);
    else parsePlan(plan, text);
  } catch (cause) {
    throw invalid(archive, `its plan is damaged`, cause);
  }
}

/** True when the file was written. A different file of the same name keeps its place; ours gets a name by content. */
function place(file: string, bytes: Uint8Array): boolean {
  let target = file;
  if (existsSync(target)) {
    if (readFileSync(target).equals(bytes)) return false;
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const { dir, name, ext } = path.parse(file);
    target = path.join(dir, `${name}-${digest}${ext}`);
    if (existsSync(target)) return false;
  }
  write(target, bytes);
  return true;
}

/** Whole or not at all. Throws `disk_full` or `store_not_writable`. */
function write(file: string, bytes: Uint8Array): void {
  try {
    makeFolders(path.dirname(file));
    writeFileSync(`${file}.partial`, bytes);
    renameSync(`${file}.partial`, file);
  } catch (cause) {
    throw cannotWrite(file, cause as NodeJS.ErrnoException);
  }
}

function invalid(archive: string, why: string, cause?: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'archive_invalid',
      message: `${archive} cannot be imported: ${why}.`,
      fix: 'Make it again with: merge-lab export FILE.',
      file: archive,
    },
    { cause },
  );
}
