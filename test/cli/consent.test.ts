import { createInterface } from 'node:readline/promises';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../cli/command.ts';
import { failed } from '../../cli/failed.ts';
import { agreeToHost, consent } from '../../cli/host-consent.ts';
import type { Io } from '../../cli/terminal/io.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { plainHost } from '../../core/hosts/host.ts';

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

/** Streams that are no terminal, and what was written to them. */
function world() {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const style = styleFor({}, {});
  const io = { out, err, env: {}, style, errStyle: style, columns: 80 } as unknown as Io;
  return { io, said: () => ({ out: String(out.read() ?? ''), err: String(err.read() ?? '') }) };
}

/** What is said of it, and the exit code. */
function told(error: unknown, json = false) {
  const { io, said } = world();
  return { code: failed({ io } as Context, error, json), ...said() };
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

  it('that nobody can be asked is agreed to by an option that there is', async () => {
    const ask = async (yes: boolean | undefined) => {
      const { io, said } = world();
      const agree = agreeToHost(io, yes);
      // The second time without a word.
      for (let n = 0; n < 2; n += 1)
        expect(await agree({ kind: 'reach', host: plainHost('gpu-box') })).toBe(false);
      return said().err;
    };
    expect(await ask(false)).toMatch(/^The experiment wants .*\n.*: --yes agrees\.\n$/);
    expect(await ask(undefined)).toMatch(/: merge-lab hosts gpu-box --set-up --yes agrees\.\n$/);
  });
});
