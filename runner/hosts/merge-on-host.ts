/** A merged model written on a host, then brought here. */
import { existsSync, readdirSync, realpathSync, renameSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../../core/problem.ts';
import { digest } from '../../core/store/canonical.ts';
import { calls } from '../../core/store/protocol.ts';
import { checked } from '../local-target.ts';
import { checkCanBeMade } from '../make-folders.ts';
import type { MergeWatch } from '../session-types.ts';
import type { MergeDocument } from '../target.ts';
import type { HostLink } from './host-link.ts';
import { jobOnHost } from './job-on-host.ts';
import { fetchFile } from './transfer.ts';

type Watch = MergeWatch & { readonly signal: AbortSignal };

/**
 * Asked again after a cut, what was written and what has arrived is found again: the folder on the host is named by
 * what is merged. Throws `out_exists` before anything is done, `cancelled`, and the merge's own problems.
 */
export async function mergeOnHost(
  link: HostLink,
  document: MergeDocument,
  watch: Watch,
): Promise<{ readonly out: string }> {
  const { out, ...rest } = document;
  checkFree(out);
  checkCanBeMade(out);
  const { store } = await link.place();
  const name = digest({ ...rest, store }).slice(0, 32);
  const folder = `merged/${name}`;
  const half = path.join(path.dirname(out), `.${path.basename(out)}.${name}.part`);
  const listed = async () =>
    checked('files', calls.files.answer, await link.request('files', { store, folder }, watch));
  let files = (await listed()).files;
  if (Object.keys(files).length === 0) {
    await jobOnHost(link, { merge: { ...rest, store, out: `${store}/${folder}` } }, watch);
    files = (await listed()).files;
  }
  await bring(link, store, folder, files, half, watch);
  // Hours may have passed.
  checkFree(out);
  const to = existsSync(out) ? realpathSync(out) : out;
  if (existsSync(to)) rmdirSync(to);
  renameSync(half, to);
  // The model is here; what stays there costs room, which `clean` gives back.
  await link.request('discard', { store, folder }, watch).catch(() => {});
  return { out };
}

async function bring(
  link: HostLink,
  store: string,
  folder: string,
  files: Readonly<Record<string, number>>,
  to: string,
  { signal, onProgress }: Watch,
): Promise<void> {
  const total = Object.values(files).reduce((sum, size) => sum + size, 0);
  /** `kept` is of an earlier try: what is left is judged by what has come since. */
  let [done, kept] = [0, 0];
  const began = performance.now();
  for (const [name, size] of Object.entries(files)) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(name)) throw oddName(name);
    const file = path.join(to, name);
    if (existsSync(file)) {
      done += size;
      kept += size;
      continue;
    }
    const before = done;
    let isFirst = true;
    const onHave = (have: number): void => {
      done = before + have;
      if (isFirst) kept += have;
      isFirst = false;
      const seconds = (performance.now() - began) / 1000;
      const seconds_left = done > kept ? (seconds * (total - done)) / (done - kept) : null;
      onProgress?.({ done, total, seconds_left });
    };
    try {
      await fetchFile(link, store, `${folder}/${name}`, file, signal, onHave);
    } catch (error) {
      throw signal.aborted ? stoppedAt(done / Math.max(1, total)) : error;
    }
  }
}

/** Throws `out_exists` where something lies that is not an empty folder. */
function checkFree(out: string): void {
  const found = statSync(out, { throwIfNoEntry: false });
  if (!found) return;
  const isFolder = found.isDirectory();
  if (isFolder && readdirSync(out).length === 0) return;
  throw new ProblemError({
    code: 'out_exists',
    message: isFolder
      ? `The folder ${out} holds something already.`
      : `${out} is there already, and no folder.`,
    fix: 'Name another folder, or empty it.',
    file: out,
  });
}

function stoppedAt(share: number): ProblemError {
  return new ProblemError({
    code: 'cancelled',
    message: 'Stopped while the merged model was brought here.',
    fix: `The same command goes on from ${Math.floor(share * 100)}%.`,
  });
}

function oddName(name: string): ProblemError {
  return new ProblemError({
    code: 'file_name_refused',
    message: `The merged model has a file that no model has: ${JSON.stringify(name.slice(0, 80))}.`,
    fix: 'Look at the folder of the model that was merged: it may have come with such a file.',
  });
}
