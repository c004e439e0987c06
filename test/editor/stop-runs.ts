/** Runs outlive the window that started them: those of a test end with it. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askToStop, isActive, readRun } from '../../runner/run-folders.ts';

/** Longer than any merge of the sample. */
const LIMIT_MS = 30_000;

/** Every run of every store under a folder. Throws where one does not end. */
export async function stopRuns(folder: string): Promise<void> {
  const runs = storesUnder(folder).flatMap((store) =>
    namesIn(path.join(store, 'runs')).map((run) => ({ store, run })),
  );
  const active = (): typeof runs =>
    runs.filter(({ store, run }) => {
      const found = readRun(store, run);
      return found !== null && found.alive !== false && isActive(found);
    });
  for (const { store, run } of active()) askToStop(store, run, true);
  const until = Date.now() + LIMIT_MS;
  while (active().length > 0) {
    if (Date.now() > until) throw new Error(`these runs do not end: ${active().map(({ run }) => run)}`);
    await sleep(100);
  }
}

function storesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => path.basename(name) === '.mergelab')
    .flatMap((name) => namesIn(path.join(folder, name)).map((target) => path.join(folder, name, target)));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
  } catch {
    return [];
  }
}
