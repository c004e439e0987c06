import { describe, expect, it } from 'vitest';
import { Interrupts } from '../../cli/terminal/interrupts.ts';
import { type Io, ioOf } from '../../cli/terminal/io.ts';
import { stoppedText, untilInterrupted } from '../../cli/terminal/until-interrupted.ts';
import { ProblemError } from '../../core/problem.ts';
import type { WorkerStatus } from '../../core/store/format.ts';

const io: Io = ioOf({
  ...process,
  stdout: {},
  stderr: {},
  env: { NO_COLOR: '1' },
} as unknown as NodeJS.Process);
const AWAY = new ProblemError({ code: 'host_unreachable', message: 'box is away.', fix: 'Wait.' });

function following(leave: boolean, stop: (now: boolean) => Promise<void> = async () => {}) {
  const interrupts = new Interrupts();
  const notes: string[] = [];
  const view = { note: (text: string) => notes.push(text), update: () => {}, [Symbol.dispose]: () => {} };
  let finish: (last: WorkerStatus) => void = () => {};
  const finished = new Promise<WorkerStatus>((resolve) => {
    finish = resolve;
  });
  const run = { finished, [Symbol.dispose]: () => {} };
  const end = untilInterrupted({ io, interrupts }, view, run, { unit: 'merge', leave, stop });
  return { interrupts, notes, end, stopped: () => finish({ state: 'stopped' } as WorkerStatus) };
}

describe('Ctrl-C while a run is followed', () => {
  it('asks it to stop, then at once, then leaves, and is nobody’s afterwards', async () => {
    const asked: boolean[] = [];
    const { interrupts, end } = following(false, async (now) => {
      asked.push(now);
    });
    for (let n = 0; n < 3; n += 1) expect(interrupts.tell()).toBe(true);
    expect(await end).toBe('asked_to_stop');
    expect(asked).toEqual([false, true]);
    expect(interrupts.tell()).toBe(false);
  });

  it('leaves a run that goes on', async () => {
    const { interrupts, end } = following(true);
    interrupts.tell();
    expect(await end).toBe('goes_on');
  });

  it('says why a run could not be asked, and what to do', async () => {
    const { interrupts, notes } = following(false, () => Promise.reject(AWAY));
    interrupts.tell();
    await new Promise(setImmediate);
    expect(notes.at(-1)).toBe('error box is away. [host_unreachable]\n  → Wait.');
  });

  it('tells a run that was stopped here from one that was stopped from elsewhere', async () => {
    const toldAfter = async (presses: number) => {
      const { interrupts, end, stopped } = following(false);
      for (let n = 0; n < presses; n += 1) interrupts.tell();
      stopped();
      const ended = await end;
      return typeof ended === 'string' ? ended : stoppedText(ended, 'merge-lab run x');
    };
    expect(await toldAfter(1)).toBe('Stopped. Nothing is lost. Go on with: merge-lab run x');
    expect(await toldAfter(0)).toMatch(/^Stopped from elsewhere\. Nothing is lost\./);
  });
});
