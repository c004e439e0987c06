/** Runs outlive the window that started them: those of a test end with it. */
import { askToStop } from '../../runner/run-folders.ts';
import { liveRuns } from './stores.ts';
import { until } from './until.ts';

/** Every run of every store under a folder. Throws where one does not end. */
export async function stopRuns(folder: string): Promise<void> {
  const runs = liveRuns(folder);
  for (const { store, run } of runs) askToStop(store, run, true);
  await until(`the end of ${runs.length} runs under ${folder}`, () => liveRuns(folder).length === 0);
}
