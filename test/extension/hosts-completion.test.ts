import { expect, it } from 'vitest';
import { HOST_KEYS } from '../../core/hosts/host-keys.ts';
import { hostsCompletions, hostsHover } from '../../extension/hosts/hosts-completion.ts';

/** Labels at `|`. */
function offered(text: string, aliases: readonly string[] = []): readonly string[] {
  return hostsCompletions(text.replace('|', ''), text.indexOf('|'), aliases).map(({ label }) => label);
}

it('offers the keys of a host that it lacks, in a block as in braces', () => {
  const others = Object.keys(HOST_KEYS).filter((key) => key !== 'ssh');
  expect(offered('gpu-box:\n  ssh: me@box\n  |')).toEqual(others);
  expect(offered('gpu-box: { ssh: me@box, | }')).toEqual(others);
  expect(offered('login: { slurm: { gpus: 1, t| } }')).not.toContain('gpus');
  expect(offered('login: { slurm: { gpus: 1, t| } }')).toContain('time');
});

it('offers values, and aliases of ssh as hosts and as what is connected to', () => {
  expect(offered('gpu-box: { workers: | }')).toEqual(['auto']);
  expect(offered('a: { ssh: box }\n|', ['box', 'a'])).toEqual(['box']);
  expect(offered('a: { ssh: | }', ['box'])).toEqual(['box', 'user@gpu-box']);
  const [host] = hostsCompletions('', 0, ['box']);
  expect([host?.insert, host?.snippet]).toEqual(['box: { $0 }', true]);
  expect(offered('a: { b: { | } }'), 'of no key that is known').toEqual([]);
});

it('says what a key means where the pointer is on it', () => {
  const text = 'login: { slurm: { time: "4:00:00" }, workers: 4 }';
  expect(hostsHover(text, text.indexOf('time'))).toEqual({
    about: 'The longest that a job may run. For example `"4:00:00"`.',
    at: [text.indexOf('time'), text.indexOf('time') + 4],
  });
  expect(hostsHover(text, text.indexOf('workers'))?.about).toContain('auto, or 1 to 256');
  for (const other of ['login', '"4:00', '4 }']) expect(hostsHover(text, text.indexOf(other))).toBeNull();
});
