import { expect, it } from 'vitest';
import { ModelsThere } from '../../extension/language/models-there.ts';

it('models of hosts are known once the host answered, and told where that is news', async () => {
  const asked: string[] = [];
  let answer: boolean | null = null;
  const holds = async (host: string, written: string) => {
    asked.push(`${host}:${written}`);
    return answer;
  };
  const there = new ModelsThere({ holds });
  const model = { host: 'box', written: './a' };
  expect(await there.check([model, { ...model }])).toBe(false);
  expect(asked).toEqual(['box:./a']);
  expect(there.known(model)).toBeNull();
  answer = false;
  expect(await there.check([model])).toBe(true);
  expect(await there.check([model])).toBe(false);
  expect(there.known(model)).toBe(false);
  // What was known holds while the host is away.
  answer = null;
  expect(await there.check([model])).toBe(false);
  expect(there.known(model)).toBe(false);
  expect(there.known({ ...model, host: 'other' })).toBeNull();
});
