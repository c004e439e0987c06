import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../core/store/canonical.ts';
import type { Fingerprint, PlanMethod } from '../../core/store/format.ts';
import { isRandom, type MergeIdentity, mergeKey, planMethod, seedsOf } from '../../core/store/keys.ts';
import { hex } from './lines.ts';

const fp = (word: string): Fingerprint => hex<Fingerprint>(word);
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

const base: MergeIdentity = {
  base: fp('base'),
  experts: [fp('b'), fp('a')],
  method: { method: 'average', compatibility: 'none' },
  seed: null,
  embeddings: 'exact',
  dtype: 'float32',
};

/** One of each method, with values that are nobody's default. */
const methods: readonly PlanMethod[] = [
  { method: 'average', compatibility: 'none' },
  { method: 'task_arithmetic', scale: 0.8, normalize: false, compatibility: 'none' },
  { method: 'ties', scale: 0.5, density: 0.25, trim_scope: 'model', compatibility: 'none' },
  { method: 'dare', drop_rate: 0.3, compatibility: 'none' },
  { method: 'dare_ties', drop_rate: 0.3, scale: 2, compatibility: 'none' },
];

const keyOf = (method: PlanMethod, more: Partial<MergeIdentity> = {}) =>
  mergeKey({ ...base, method, seed: isRandom(method) ? 0 : null, ...more });

describe('the bytes that are hashed, written out', () => {
  const [low, high] = [fp('a'), fp('b')].sort();

  test('a merge', () => {
    expect(mergeKey(base)).toBe(
      sha(
        `{"base":"${fp('base')}","dtype":"float32","embeddings":"exact","experts":["${low}","${high}"],` +
          `"method":{"compatibility":"none","method":"average"},"scorer":1,"v":1}`,
      ),
    );
  });

  test('a random merge', () => {
    expect(keyOf({ method: 'dare', drop_rate: 0.2, compatibility: 'none' }, { seed: 3 })).toBe(
      sha(
        `{"base":"${fp('base')}","dtype":"float32","embeddings":"exact","experts":["${low}","${high}"],` +
          `"method":{"compatibility":"none","drop_rate":0.2,"method":"dare","seed":3},"scorer":1,"v":1}`,
      ),
    );
  });

  test('the base, and an expert that is not merged', () => {
    const unmerged = (experts: string) =>
      sha(
        `{"base":"${fp('base')}","dtype":"float32","embeddings":"exact","experts":[${experts}],` +
          `"method":null,"scorer":1,"v":1}`,
      );
    expect(mergeKey({ ...base, method: null, experts: [] })).toBe(unmerged(''));
    expect(mergeKey({ ...base, method: null, experts: [fp('a')] })).toBe(unmerged(`"${fp('a')}"`));
  });
});

describe('what a key depends on', () => {
  test('not the order of experts, but for mergekit', () => {
    const turned = [...base.experts].reverse();
    for (const method of methods) {
      expect(keyOf(method, { experts: turned })).toBe(keyOf(method));
      const ordered: PlanMethod = { ...method, compatibility: 'mergekit' };
      expect(keyOf(ordered, { experts: turned })).not.toBe(keyOf(ordered));
    }
  });

  test('every field of every method', () => {
    const keys = new Set<string>();
    for (const method of methods) {
      keys.add(keyOf(method));
      for (const [field, value] of Object.entries(method)) {
        const other = {
          number: Number(value) / 2,
          boolean: !value,
          string: value === 'model' ? 'tensor' : 'mergekit',
        }[typeof value as 'number' | 'boolean' | 'string'];
        if (field !== 'method') keys.add(keyOf({ ...method, [field]: other } as PlanMethod));
      }
    }
    // average 1+1, task_arithmetic 1+3, ties 1+4, dare 1+2, dare_ties 1+3
    expect(keys.size).toBe(2 + 4 + 5 + 3 + 4);
  });

  test('the rest of its identity', () => {
    const others: Partial<MergeIdentity>[] = [
      { base: fp('other') },
      { experts: [fp('a')] },
      { experts: [fp('a'), fp('c')] },
      { embeddings: 'common_rows' },
      { dtype: 'bfloat16' },
      { method: null },
    ];
    const keys = new Set([mergeKey(base), ...others.map((other) => mergeKey({ ...base, ...other }))]);
    expect(keys.size).toBe(7);
    expect(keyOf({ method: 'dare', drop_rate: 0.2, compatibility: 'none' }, { seed: 1 })).not.toBe(
      keyOf({ method: 'dare', drop_rate: 0.2, compatibility: 'none' }, { seed: 0 }),
    );
  });

  test('nothing else: stray fields never split a key', () => {
    const stray = { method: 'average', compatibility: 'none', seeds: [1], note: 'x' } as PlanMethod;
    expect(keyOf(stray)).toBe(keyOf({ method: 'average', compatibility: 'none' }));
  });

  test('a seed belongs to random methods, and only to them', () => {
    expect(() => mergeKey({ ...base, seed: 0 })).toThrow(TypeError);
    expect(() => keyOf({ method: 'dare', drop_rate: 0.2, compatibility: 'none' }, { seed: null })).toThrow(
      TypeError,
    );
  });
});

test('a method of the experiment becomes one of the plan, its seeds merges', () => {
  const dare = { method: 'dare', drop_rate: 0.2, seeds: [4, 5], compatibility: 'none' } as const;
  expect(planMethod(dare)).toEqual({ method: 'dare', drop_rate: 0.2, compatibility: 'none' });
  expect(seedsOf(dare)).toEqual([4, 5]);
  expect(seedsOf({ method: 'average', compatibility: 'none' })).toEqual([null]);
});

test('canonical JSON: keys in order, numbers as RFC 8785 writes them', () => {
  expect(canonicalJson({ b: [1e21, 0.1, 1], a: 'ü"', c: { z: null, y: true } })).toBe(
    '{"a":"ü\\"","b":[1e+21,0.1,1],"c":{"y":true,"z":null}}',
  );
  expect(() => canonicalJson(undefined)).toThrow(TypeError);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(turned)).toBe(canonicalJson(value));
    }),
    { numRuns: 100, seed: 3 },
  );
});
