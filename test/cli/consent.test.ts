import { createInterface } from 'node:readline/promises';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { failed } from '../../cli/failed.ts';
import { consent } from '../../cli/host-consent.ts';
import { styleFor } from '../../cli/terminal/style.ts';

/** What comes of keys pressed at a question; null where it was agreed to. */
async function answered(keys: string): Promise<unknown> {
  const input = new PassThrough();
  const terminal = createInterface({ input, output: new PassThrough(), terminal: true });
  const end = consent(terminal, {}).then(
    () => null,
    (error: unknown) => error,
  );
  input.write(keys);
  return end;
}

/** What is said of it, and the exit code. */
function told(error: unknown, json = false) {
  const [out, err] = [new PassThrough(), new PassThrough()] as unknown as NodeJS.WriteStream[];
  const style = styleFor({}, {});
  const io = { out, err, env: {}, style, errStyle: style, columns: 80 };
  const code = failed({ io } as unknown as Parameters<typeof failed>[0], error, json);
  const read = (stream: unknown) => String((stream as PassThrough).read() ?? '');
  return { code, out: read(out), err: read(err) };
}

describe('a question', () => {
  it.each(['y\r', 'Yes\r'])('is agreed to by %j', async (keys) => {
    expect(await answered(keys)).toBeNull();
  });

  it.each([
    ['n\r', 1],
    ['\r', 1],
    ['\u0004', 1],
    ['\u0003', 130],
  ])('answered by %j is no failure: nothing was changed', async (keys, code) => {
    const said = told(await answered(keys));
    expect(said).toEqual({ code, out: '', err: expect.stringMatching(/^\n?Nothing was changed\.\n$/) });
  });

  it('that was declined is said to programs, too', async () => {
    const { out } = told(await answered('n\r'), true);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'declined', message: 'Nothing was changed.' } });
  });
});
