/** Runs outlive the window that started them: those of a test end with it. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { askToStop, isActive, readRun } from '../../runner/run-folders.ts';
import { until } from './until.ts';

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
  await until(`the end of ${runs.length} runs under ${folder}`, () => active().length === 0);
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
