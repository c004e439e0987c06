import { describe, expect, it } from 'vitest';
import { writeSmallExperiment } from '../small-experiment.ts';
import { liveRuns, scored } from '../stores.ts';
import { until } from '../until.ts';
import { journey } from './journey.ts';

/** The agent starts, and other tests may be at work. */
const SOON = { timeout: 90_000 };
const RUNNING = /■ Stop \(\d+%/;
const LEFT = /▶ Run \(\d+ left/;

describe('a run', () => {
  it('of an edited experiment computes what is new, and nothing else', async () => {
    const { window, sample } = await journey({
      name: 'edit-and-run',
      prepare: (made) => writeSmallExperiment(made, '1..2'),
    });
    await window.codeLens('▶ Run').click();
    await window.codeLens('■ Stop').waitFor(SOON);
    await until(
      'the end of the run',
      () => scored(sample.folder) >= 16 && liveRuns(sample.folder).length === 0,
      SOON.timeout,
    );
    const before = scored(sample.folder);

    await window.cursorAtEndOf('k: 1..2');
    await window.press('Backspace');
    await window.page.keyboard.type('4');
    // Those of three; all four were merged as a reference.
    await window.codeLens('▶ Run (4 new').click();
    await window.codeLens('Merge recommended subset').waitFor(SOON);
    expect(scored(sample.folder) - before).toBe(4);
    expect(liveRuns(sample.folder)).toEqual([]);
  });

  it('goes on while its window is away, every window shows it and can stop it, and one that dies goes on where it was', async () => {
    const { window, sample } = await journey({ name: 'reload' });
    await window.codeLens('▶ Run').click();
    await window.codeLens(RUNNING).waitFor(SOON);
    const runs = liveRuns(sample.folder);
    expect(runs).toHaveLength(1);

    await window.reload();
    await window.codeLens(RUNNING).waitFor(SOON);
    expect(liveRuns(sample.folder)).toEqual(runs);

    const second = await window.another(sample.folder, sample.file);
    await second.codeLens(RUNNING).waitFor(SOON);
    await second.codeLens('■ Stop').click();
    await second.codeLens(LEFT).waitFor(SOON);
    await window.codeLens(LEFT).waitFor(SOON);
    expect(liveRuns(sample.folder)).toEqual([]);
    await second.close();

    const before = scored(sample.folder);
    await window.codeLens(LEFT).click();
    await until('more results', () => scored(sample.folder) > before, SOON.timeout);
    const [run] = liveRuns(sample.folder);
    if (!run) throw new Error('no run');
    process.kill(run.pid, 'SIGKILL');
    await window.notification('was killed or crashed').waitFor(SOON);
    const done = scored(sample.folder);

    await window.codeLens(LEFT).click();
    await until('results of another run', () => scored(sample.folder) > done, SOON.timeout);
    expect(liveRuns(sample.folder).map((other) => other.run)).not.toContain(run.run);
  });
});
