import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostWord, MirrorFiles } from '../../runner/hosts/mirror-files.ts';

let store: string;
beforeEach(() => {
  store = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-mirror-'));
});
afterEach(() => rmSync(store, { recursive: true, force: true }));

const bytes = (text: string) => Buffer.from(text, 'latin1');
const read = (file: string) => readFileSync(path.join(store, file), 'latin1');

const sealed = (body: string) => `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}\n`;

describe('a copy of a store', () => {
  it('takes every byte once, whatever is sent again, by however many writers', () => {
    const whole = [...Array(500).keys()].map((n) => `line ${n}\n`).join('');
    const pieces = fc.array(
      fc.record({ begin: fc.nat(whole.length), length: fc.nat(900), writer: fc.nat(1), again: fc.boolean() }),
    );
    fc.assert(
      fc.property(pieces, (sent) => {
        rmSync(path.join(store, 'runs'), { recursive: true, force: true });
        const writers = [new MirrorFiles(store), new MirrorFiles(store)];
        let held = 0;
        for (const { begin, length, writer, again } of sent) {
          if (again) writers[writer] = new MirrorFiles(store);
          const data = bytes(whole.slice(begin, begin + length));
          const taken = writers[writer]?.take('runs/r/agent.log', begin, data);
          if (taken === 'taken') held = Math.max(held, begin + data.length);
          else expect(begin).toBeGreaterThan(0);
          const here = existsSync(path.join(store, 'runs/r/agent.log')) ? read('runs/r/agent.log') : '';
          expect(here).toBe(whole.slice(0, held));
        }
        expect(new MirrorFiles(store).offsets()).toEqual(held > 0 ? { 'runs/r/agent.log': held } : {});
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('says where to go on, and that a piece is missing', () => {
    const files = new MirrorFiles(store);
    expect(files.take('runs/r1/agent.log', 0, bytes('abc'))).toBe('taken');
    expect(files.take('runs/r1/agent.log', 4, bytes('e'))).toBe('gap');
    expect(files.take('runs/r1/status/w.json', 0, bytes('{"a":1}'))).toBe('taken');
    expect(files.take('runs/r1/status/w.json', 0, bytes('{}'))).toBe('taken');
    expect(read('runs/r1/status/w.json')).toBe('{}');
    expect(new MirrorFiles(store).offsets()).toEqual({ 'runs/r1/agent.log': 3 });
  });

  it('goes on from the last whole line of what a power cut left, and ends equal', () => {
    const lines = [...Array(200).keys()].map((n) => sealed(`{"key":"${n}"`)).join('');
    const events = '{"at":1}\n{"at":2}\n{"at":3}\n';
    const whole = { 'results/w.jsonl': lines, 'downstream/w.jsonl': lines, 'runs/r/events.jsonl': events };
    const damaged = new MirrorFiles(store);
    for (const [file, text] of Object.entries(whole)) {
      const half = Math.floor(text.length / 2);
      damaged.take(file, 0, bytes(text.slice(0, half) + '\0'.repeat(text.length - half)));
    }
    const files = new MirrorFiles(store);
    const offsets = files.offsets();
    for (const [file, text] of Object.entries(whole)) {
      const begin = text.lastIndexOf('\n', text.length / 2 - 1) + 1;
      expect(offsets[file]).toBe(begin);
      expect(files.take(file, begin, bytes(text.slice(begin)))).toBe('taken');
      expect(read(file)).toBe(text);
    }
    expect(new MirrorFiles(store).offsets()).toEqual(
      Object.fromEntries(Object.entries(whole).map(([file, text]) => [file, text.length])),
    );
  });

  it('begins a log anew that the host lost the end of, and keeps results that it lost', () => {
    const line = sealed('{"key":"a"');
    new MirrorFiles(store).take('runs/r/agent.log', 0, bytes('0123456789'));
    new MirrorFiles(store).take('results/w.jsonl', 0, bytes(line + line));
    const files = new MirrorFiles(store);
    expect(files.offsets()).toEqual({ 'runs/r/agent.log': 10, 'results/w.jsonl': 2 * line.length });
    files.take('runs/r/agent.log', 0, bytes('01234'));
    files.take('runs/r/agent.log', 5, bytes('AB'));
    files.take('results/w.jsonl', 0, bytes(line));
    expect(read('runs/r/agent.log')).toBe('01234AB');
    expect(read('results/w.jsonl')).toBe(line + line);
  });

  it.each([
    '../x',
    'results/../../x.jsonl',
    '/etc/x.jsonl',
    'results/.hidden.jsonl',
    'results/a/b.jsonl',
    'results/x.json',
    'plans/x.jsonl',
    'evaluations/x.json',
    'runs/r/control/stop',
    'runs/../events.jsonl',
    'runs/r/host.json',
    'runs/r/status/../../../x.json',
    'results/a\0.jsonl',
    'results\\a.jsonl',
    `results/${'a'.repeat(200)}.jsonl`,
    '',
  ])('writes nothing at %s, whatever the host says', (file) => {
    const files = new MirrorFiles(store);
    expect(files.take(file, 0, bytes('x'))).toBe('refused');
    expect(files.lives('../r', { alive: true, gone: [] })).toBe('refused');
    expect(readdirSync(store)).toEqual([]);
  });

  it("remembers the host's word on a process", () => {
    expect(hostWord(store, 'r')).toBeUndefined();
    for (const alive of [true, null, false]) {
      new MirrorFiles(store).lives('r', { alive, gone: ['w1'] });
      expect(hostWord(store, 'r')).toEqual({ alive, gone: ['w1'] });
    }
  });
});
