import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { planned } from '../../cli/models-there.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { ProblemError } from '../../core/problem.ts';
import type { MergeWatch } from '../../runner/session-types.ts';

const MISSING = new ProblemError({ code: 'model_missing', message: 'There is no folder.', fix: 'Copy it.' });
const CANCELLED = new ProblemError({
  code: 'cancelled',
  message: 'put was cancelled.',
  fix: 'Start it again.',
});
const MODELS = [
  { source: './models/math', size: 400_000_000 },
  { source: './models/\u001b[31mcode', size: 800_000_000 },
];

/** A session whose host lacks models until they are sent, and what is said of it. */
function world(models: typeof MODELS, sending: () => void = () => {}) {
  const err = new PassThrough() as unknown as NodeJS.WriteStream;
  const io = { err, out: err, env: {}, style: styleFor(err, {}), errStyle: styleFor(err, {}), columns: 80 };
  const done: string[] = [];
  const session = {
    offer: models.length > 0 ? { host: 'gpu-box', models } : null,
    plan: async () => {
      done.push('plan');
      if (!done.includes('send')) throw MISSING;
      return 'the plan';
    },
    sendModels: async (_: MergeWatch) => {
      sending();
      done.push('send');
    },
  };
  const { signal } = new AbortController();
  const plan = (yes: boolean) =>
    planned({ io, signal } as unknown as Parameters<typeof planned>[0], session, { yes });
  return { plan, done, said: () => String((err as unknown as PassThrough).read() ?? '') };
}

describe('models that only this machine has', () => {
  it('are copied once that is agreed to, and then it goes on', async () => {
    const { plan, done, said } = world(MODELS);
    expect(await plan(true)).toBe('the plan');
    expect(done).toEqual(['plan', 'send', 'plan']);
    const text = said();
    expect(text).toContain('gpu-box lacks 2 models that are here: ./models/math, ./models/');
    expect(text).toContain('(1.2 GB).\n');
    expect(text).not.toContain('\u001b');
  });

  it('stay where nobody can be asked, which says what agrees', async () => {
    const { plan, done, said } = world(MODELS.slice(0, 1));
    await expect(plan(false)).rejects.toBe(MISSING);
    expect(done).toEqual(['plan']);
    expect(said()).toMatch(/lacks 1 model that is here: .* --yes agrees\./s);
  });

  it('are not spoken of where something else is wrong', async () => {
    const { plan, said } = world([]);
    await expect(plan(true)).rejects.toBe(MISSING);
    expect(said()).toBe('');
  });

  it('are gone on with after they were stopped', async () => {
    const { plan, done, said } = world(MODELS, () => {
      throw CANCELLED;
    });
    await expect(plan(true)).rejects.toBe(CANCELLED);
    expect(done).toEqual(['plan']);
    expect(said()).toContain('What arrived is kept');
  });
});
