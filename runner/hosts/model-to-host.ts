/** Models of this machine sent to a host: their files by content, then each folder at once. */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ProblemError } from '../../core/problem.ts';
import { calls, type Params } from '../../core/store/protocol.ts';
import { checked } from '../local-target.ts';
import { cannotRead } from '../session-errors.ts';
import type { MergeWatch } from '../session-types.ts';
import type { HostLink } from './host-link.ts';
import type { ModelToSend } from './missing-models.ts';
import { type ModelFile, modelFiles } from './model-files.ts';
import { changed, digestOf, sendFile } from './transfer.ts';

type Watch = MergeWatch & { readonly signal: AbortSignal };

interface Named extends ModelToSend {
  readonly files: readonly (ModelFile & { readonly sha256: string })[];
}

/**
 * Asked again after a cut, what arrived is found again. Throws `cancelled`, `transfer_damaged` where a model changes
 * meanwhile, and, before anything is sent, what keeps the host from having them: `out_exists`, `disk_too_small`, ...
 */
export async function sendModels(
  link: HostLink,
  models: readonly ModelToSend[],
  { signal, onProgress }: Watch,
): Promise<void> {
  const { store } = await link.place();
  const named: Named[] = [];
  for (const model of models) named.push(await withDigests(model, signal));
  const place = async (asked: readonly Named[]): Promise<ReadonlySet<string>> => {
    const params: Params<'place'> = { store, models: asked.map(asSent) };
    const answer = await link.request('place', params, { signal });
    return new Set(checked('place', calls.place.answer, answer).lacking);
  };
  const lacking = await place(named);
  const sizes = new Map(named.flatMap(({ files }) => files.map(({ sha256, size }) => [sha256, size])));
  const arrived = progressOf(sizes, onProgress);
  for (const [sha256, size] of sizes) if (!lacking.has(sha256)) arrived(sha256, size);
  for (const model of named) {
    // What two models share is gone again once the first one has it.
    for (let left = await place([model]); left.size > 0; left = await place([model])) {
      for (const { name, sha256 } of model.files.filter((file) => left.has(file.sha256))) {
        const onHave = (have: number) => arrived(sha256, have);
        await sendFile(link, store, 'data', path.join(model.here, name), signal, { sha256, onHave });
      }
      if (!isDeepStrictEqual(modelFiles(model.here), model.files.map(withoutDigest)))
        throw changed(model.here);
    }
  }
}

async function withDigests(model: ModelToSend, signal: AbortSignal): Promise<Named> {
  const files: Named['files'][number][] = [];
  for (const file of modelFiles(model.here)) {
    const place = path.join(model.here, file.name);
    try {
      files.push({ ...file, sha256: await digestOf(place, signal) });
    } catch (error) {
      throw error instanceof ProblemError ? error : cannotRead(place, error as NodeJS.ErrnoException);
    }
  }
  if (files.length === 0) throw changed(model.here);
  return { ...model, files };
}

function asSent({ there, files }: Named): Params<'place'>['models'][number] {
  return {
    folder: there,
    files: Object.fromEntries(files.map(({ name, sha256, size }) => [name, { sha256, size }])),
  };
}

function withoutDigest({ name, size, mtimeMs }: ModelFile): ModelFile {
  return { name, size, mtimeMs };
}

/** Tells how much of all has arrived; what is left is judged by what has come since it began. */
function progressOf(
  sizes: ReadonlyMap<string, number>,
  onProgress: MergeWatch['onProgress'],
): (sha256: string, have: number) => void {
  const total = sum(sizes.values());
  const began = performance.now();
  const arrived = new Map<string, number>();
  /** Of an earlier try. */
  let kept = 0;
  return (sha256, have) => {
    const before = arrived.get(sha256);
    if (before === undefined) kept += have;
    arrived.set(sha256, Math.max(before ?? 0, have));
    const done = sum(arrived.values());
    const seconds = (performance.now() - began) / 1000;
    const seconds_left = done > kept ? (seconds * (total - done)) / (done - kept) : null;
    onProgress?.({ done, total, seconds_left });
  };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
