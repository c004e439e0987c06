import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../core/problem.ts';
import { sha256 } from '../../core/store/canonical.ts';
import { parsePlan, serializePlan } from '../../core/store/plan-file.ts';
import { sweepOf } from '../design/sweeps.ts';

const sweep = sweepOf(['algebra', 'analysis', 'code'], {
  methods: ['average', '{ method: dare, seeds: [0, 1] }', '{ method: ties, density: 0.5 }'],
});
const { id, text } = serializePlan(sweep.header, sweep.lines);

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
  return 'none';
}

test('what is written is read again', () => {
  expect(parsePlan(id, text)).toEqual({ id, ...sweep });
  expect(text.endsWith('}\n')).toBe(true);
  expect(text.split('\n')).toHaveLength(sweep.lines.length + 2);
});

test('domains and pool keep the order of the file', () => {
  const { header } = parsePlan(id, text);
  expect(Object.keys(header.evaluations)).toEqual(['algebra', 'analysis', 'code']);
  const turned = sweepOf(['code', 'algebra', 'analysis']);
  const plan = serializePlan(turned.header, turned.lines);
  expect(Object.keys(parsePlan(plan.id, plan.text).header.evaluations)).toEqual([
    'code',
    'algebra',
    'analysis',
  ]);
});

test('the id is the hash of the bytes: the same sweep has the same, another one another', () => {
  expect(id).toBe(sha256(Buffer.from(text, 'utf8')));
  const again = serializePlan(sweep.header, structuredClone(sweep.lines));
  expect(again.id).toBe(id);
  expect(serializePlan(sweep.header, sweep.lines.slice(1)).id).not.toBe(id);
});

describe('damage', () => {
  test('any change of any byte is noticed', () => {
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.integer({ min: 1, max: 127 }), (at, by) => {
        const changed = String.fromCharCode((text.charCodeAt(at) ^ by) & 127);
        fc.pre(changed !== text[at]);
        const flipped = text.slice(0, at) + changed + text.slice(at + 1);
        expect(['plan_damaged', 'store_too_new', 'store_too_old']).toContain(
          codeOf(() => parsePlan(id, flipped)),
        );
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  test.each(['', '\n', 'x', text.slice(0, -1), text.slice(0, text.length / 2), `${text}\n`])(
    'a part: %#',
    (part) => {
      expect(codeOf(() => parsePlan(id, part))).toBe('plan_damaged');
    },
  );

  test.each([
    ['a key that is none', { key: 'abc' }],
    ['a purpose that is none', { purpose: ['fun'] }],
    ['a field of another version', { weight: 2 }],
    ['half a draw', { draws: 0.5 }],
  ])('a file that hashes to its name and holds %s', (_, more) => {
    const line = { ...sweep.lines[0], ...more } as unknown as (typeof sweep.lines)[number];
    const wrong = serializePlan(sweep.header, [line]);
    expect(codeOf(() => parsePlan(wrong.id, wrong.text))).toBe('plan_damaged');
  });

  test.each([
    [2, 'store_too_new'],
    [0, 'store_too_old'],
  ])('format %i is refused by name', (format, code) => {
    const other = `${JSON.stringify({ ...sweep.header, format, more: true })}\n`;
    expect(codeOf(() => parsePlan(sha256(other), other))).toBe(code);
  });
});
