/** What lies in the stores under a folder: which runs live, what is scored. By the files, not by what any window says. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isActive, readRun } from '../../runner/run-folders.ts';

export interface LiveRun {
  readonly store: string;
  readonly run: string;
  readonly pid: number;
}

export function liveRuns(folder: string): LiveRun[] {
  return storesUnder(folder).flatMap((store) =>
    namesIn(path.join(store, 'runs')).flatMap((run) => {
      const found = readRun(store, run);
      if (found === null || found.alive === false || !isActive(found)) return [];
      return [{ store, run, pid: found.status[0]?.pid ?? Number.NaN }];
    }),
  );
}

/** How many models, merged and unmerged, have results. */
export function scored(folder: string): number {
  const keys = storesUnder(folder).flatMap((store) =>
    namesIn(path.join(store, 'results')).flatMap((name) =>
      readFileSync(path.join(store, 'results', name), 'utf8')
        .split('\n')
        .flatMap((line) => line.match(/^\{"key":"(\w+)"/)?.[1] ?? []),
    ),
  );
  return new Set(keys).size;
}

function storesUnder(folder: string): string[] {
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      // Beside an experiment, and in the home of a host.
      .filter((name) => ['.mergelab', '.merge-lab'].includes(path.basename(name)))
      .flatMap((name) =>
        namesIn(path.join(folder, name))
          .filter((target) => !target.startsWith('.'))
          .map((target) => path.join(folder, name, target)),
      )
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
