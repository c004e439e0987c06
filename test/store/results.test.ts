import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EvaluationId, MergeKey } from '../../core/store/format.ts';
import { ResultIndex } from '../../core/store/results.ts';
import { evaluation, failureLine, headerLine, key, scoreLine, sealed } from './lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const algebra = evaluation('algebra');
const code = evaluation('code');

/** A small file: a header, scores of three merges on two domains, a failure with words beyond ASCII. */
const lines = [
  headerLine(),
  scoreLine(key('a'), algebra, [1.5, 2.25, 0.125]),
  scoreLine(key('a'), code, [3, 4]),
  failureLine(key('b'), null, 'out_of_memory', 1),
  scoreLine(key('c'), algebra, [0.5]),
  failureLine(key('c'), code, 'diverged', 1),
];
const file = bytes(lines.join(''));

function everything(index: ResultIndex): unknown {
  return ['a', 'b', 'c'].map((merge) => [
    index.failure(key(merge)) ?? null,
    ...[algebra, code].map((domain) => {
      const score = index.get(key(merge), domain);
      return score
        ? [score.nll, score.tokens, score.samples, [...score.perSample]]
        : (index.failure(key(merge), domain) ?? null);
    }),
  ]);
}

const expected = [
  [null, [3.875, 30, 3, [1.5, 2.25, 0.125]], [7, 20, 2, [3, 4]]],
  [
    { code: 'out_of_memory', message: 'Größe passt nicht', attempt: 1 },
    { code: 'out_of_memory', message: 'Größe passt nicht', attempt: 1 },
    { code: 'out_of_memory', message: 'Größe passt nicht', attempt: 1 },
  ],
  [null, [0.5, 10, 1, [0.5]], { code: 'diverged', message: 'Größe passt nicht', attempt: 1 }],
];

test('a whole file', () => {
  const index = new ResultIndex();
  index.feed('w1.jsonl', file);
  expect(everything(index)).toEqual(expected);
  expect(index.counts).toEqual({ scores: 3, lines: 6, repeated: 0, bytes: file.length });
  expect(index.damaged).toBe(0);
  expect(index.writers.get('w1.jsonl')).toMatchObject({ torch: '2.13.0' });
  expect([...index.devices]).toEqual(['cpu']);
  expect([...index.keys()]).toEqual([key('a'), key('c')]);
  expect(index.offset('w1.jsonl')).toBe(file.length);
});

test('chunks of any size, whose memory is used again, give the same', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: file.length }), { maxLength: 30 }), (cuts) => {
      const index = new ResultIndex();
      const ends = [...new Set([...cuts, file.length])].sort((a, b) => a - b);
      let begin = 0;
      for (const end of ends) {
        const chunk = file.slice(begin, end);
        index.feed('w1.jsonl', chunk);
        chunk.fill(0x2a);
        begin = end;
      }
      expect(everything(index)).toEqual(expected);
      expect(index.damaged).toBe(0);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('one byte at a time', () => {
  const index = new ResultIndex();
  for (const byte of file) index.feed('w1.jsonl', Uint8Array.of(byte));
  expect(everything(index)).toEqual(expected);
});

describe('damage', () => {
  test('a flipped bit costs its line and no other', () => {
    const clean = new ResultIndex();
    clean.feed('w', file);
    for (let at = 0; at < file.length; at += 1) {
      for (const bit of [0, 3, 6]) {
        const flipped = file.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        const index = new ResultIndex();
        index.feed('w', flipped);
        const lost = clean.counts.scores - index.counts.scores;
        // A flipped end of line joins two lines; only a header's own words can change unnoticed.
        expect(lost).toBeGreaterThanOrEqual(0);
        expect(lost).toBeLessThanOrEqual(file[at] === 0x0a ? 2 : 1);
        const inside = at >= headerLine().length && at < file.length - 1;
        if (inside) expect(index.damaged).toBeGreaterThanOrEqual(1);
        for (const merge of ['a', 'b', 'c']) {
          for (const domain of [algebra, code]) {
            const score = index.get(key(merge), domain);
            const original = clean.get(key(merge), domain);
            if (score)
              expect([score.nll, ...score.perSample]).toEqual([
                original?.nll,
                ...(original?.perSample ?? []),
              ]);
          }
        }
      }
    }
  });

  test('a cut tail waits for its rest, and is lost if there is none', () => {
    for (let end = 0; end < file.length; end += 1) {
      const index = new ResultIndex();
      index.feed('w', file.subarray(0, end));
      expect(index.damaged).toBe(0);
      index.feed('w', file.subarray(end));
      expect(everything(index)).toEqual(expected);
    }
  });

  test('any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, newline) => {
        const index = new ResultIndex();
        index.feed('w', noise);
        if (newline) index.feed('w', bytes('\n'));
        index.feed('other', file);
        expect(everything(index)).toEqual(expected);
        expect(index.counts.scores).toBe(3);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  test('a line without end does not fill the memory, and what follows it counts', () => {
    const index = new ResultIndex();
    index.feed('w', bytes(lines.slice(0, 2).join('')));
    for (let i = 0; i < 64; i += 1) index.feed('w', new Uint8Array(65_536).fill(0x61));
    index.feed('w', bytes(`\n${lines.slice(2).join('')}`));
    expect(everything(index)).toEqual(expected);
    expect(index.damaged).toBe(1);
  });

  test('a damaged header harms nothing', () => {
    const index = new ResultIndex();
    index.feed('w', bytes(`{"format":1,"wri\n${lines.slice(1).join('')}`));
    expect(everything(index)).toEqual(expected);
    expect(index.damaged).toBe(1);
  });

  test.each([
    ['no token', { tokens: 0 }],
    ['fewer values than samples', { samples: 3 }],
    ['more samples than blocks', { samples: 1001 }],
    ['no base64', { per_sample: '????????' }],
    ['no key', { key: 'abc' }],
    ['text for a loss', { nll: 'NaN' }],
    ['a success with a code', { code: 'diverged' }],
    ['no attempt', { attempt: null }],
  ])('a sealed line with %s is not believed', (_, more) => {
    const index = new ResultIndex();
    index.feed('w', bytes(headerLine() + scoreLine(key('a'), algebra, [1, 2], more)));
    expect(index.damaged).toBe(1);
    expect(index.get(key('a'), algebra)).toBeUndefined();
  });

  test('values that are no line: null, a list, a number', () => {
    const index = new ResultIndex();
    index.feed('w', bytes(['null', '[1]', '3', '{}', ''].join('\n') + headerLine() + sealed({ a: 1 })));
    expect(index.counts.scores).toBe(0);
    expect(index.damaged).toBeGreaterThan(3);
  });
});

describe('several writers', () => {
  test('the first valid success wins, whoever comes later', () => {
    const index = new ResultIndex();
    index.feed('1.jsonl', bytes(headerLine() + scoreLine(key('a'), algebra, [1])));
    const { version } = index;
    index.feed('2.jsonl', bytes(headerLine() + scoreLine(key('a'), algebra, [1.25])));
    expect(index.get(key('a'), algebra)?.nll).toBe(1);
    expect(index.counts).toMatchObject({ scores: 1, repeated: 1 });
    expect(index.version).toBe(version);
  });

  test('their bytes may arrive in turns', () => {
    const second = bytes(headerLine({ writer: 'w2' }) + scoreLine(key('d'), code, [9]));
    const index = new ResultIndex();
    for (let at = 0; at < Math.max(file.length, second.length); at += 7) {
      index.feed('1', file.subarray(at, at + 7));
      index.feed('2', second.subarray(at, at + 7));
    }
    expect(everything(index)).toEqual(expected);
    expect(index.get(key('d'), code)?.nll).toBe(9);
  });

  test('a failure counts only while there is no success, and the latest attempt is told', () => {
    const index = new ResultIndex();
    const say = (text: string) => index.feed('w', bytes(text));
    say(headerLine() + failureLine(key('a'), null, 'out_of_memory', 1));
    say(failureLine(key('a'), null, 'model_changed', 2));
    say(failureLine(key('a'), null, 'out_of_memory', 1));
    expect(index.failure(key('a'))).toMatchObject({ code: 'model_changed', attempt: 2 });
    say(scoreLine(key('a'), algebra, [1]));
    expect(index.failure(key('a'))).toBeUndefined();
    expect(index.failure(key('a'), algebra)).toBeUndefined();
    expect(index.failure(key('a'), code)).toMatchObject({ code: 'model_changed' });
  });

  test('a file of another format is refused by name, the others are read', () => {
    const index = new ResultIndex();
    index.feed('new', bytes(sealed({ format: 2, writer: 'w' }) + scoreLine(key('a'), algebra, [1])));
    index.feed('old', bytes(headerLine({ format: 0 })));
    index.feed('ours', bytes(headerLine() + scoreLine(key('b'), algebra, [1])));
    expect(index.problems.map(({ code: problem, file: at }) => [problem, at])).toEqual([
      ['store_too_new', 'new'],
      ['store_too_old', 'old'],
    ]);
    expect([...index.keys()]).toEqual([key('b')]);
  });

  test('a header that is damaged is no reason to drop lines that have their own check', () => {
    const index = new ResultIndex();
    const flipped = headerLine().replace('"format":1', '"format":3');
    index.feed('w', bytes(flipped + lines.slice(1).join('')));
    expect(index.problems).toEqual([]);
    expect(index.damaged).toBe(1);
    expect(everything(index)).toEqual(expected);
  });

  test('a Buffer that is used again for every chunk changes nothing', () => {
    for (const size of [1, 7, 64, 1000]) {
      const index = new ResultIndex();
      const buffer = Buffer.alloc(size);
      for (let offset = 0; offset < file.length; offset += size) {
        const count = Buffer.from(file).copy(buffer, 0, offset, offset + size);
        index.feed('w', buffer.subarray(0, count));
      }
      expect(index.damaged).toBe(0);
      expect(everything(index)).toEqual(expected);
    }
  });

  test('a file that begins anew is read again without counting twice', () => {
    const index = new ResultIndex();
    index.feed('w', file.subarray(0, file.length - 10));
    index.restart('w');
    expect(index.offset('w')).toBe(0);
    index.feed('w', file);
    expect(everything(index)).toEqual(expected);
    expect(index.counts.scores).toBe(3);
  });
});

test('blocks above 1,000 samples', () => {
  const blocks = Array.from({ length: 1000 }, (_, i) => i / 8);
  const index = new ResultIndex();
  const line = scoreLine(key('a'), algebra, blocks, { samples: 2500 });
  index.feed('w', bytes(headerLine() + line));
  const score = index.get(key('a'), algebra);
  expect(score?.samples).toBe(2500);
  expect([...(score?.perSample ?? [])]).toEqual(blocks);
  expect(score?.perSample).toBe(score?.perSample);
});

test('unknown things are unknown', () => {
  const index = new ResultIndex();
  expect(index.get('x' as MergeKey, 'y' as EvaluationId)).toBeUndefined();
  expect(index.failure('x' as MergeKey)).toBeUndefined();
  expect(index.offset('none')).toBe(0);
});
