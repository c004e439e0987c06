import { describe, expect, it } from 'vitest';
import { withTaskVectors } from '../../core/geometry/preflight.ts';
import { type TaskVectors, taskVectors } from '../../core/geometry/task-vectors.ts';
import { seededRandom } from '../../core/law/random.ts';
import type { Prepared } from '../../core/store/format.ts';
import { sizeOf, sumsOf } from './geometry-files.ts';

const POOL = ['e0', 'e1', 'e2', 'e3'];
const random = seededRandom(11);
const normal = (n: number, scale: number) => Array.from({ length: n }, () => scale * random.normal());
const N = 400;
const BASE = normal(N, 1);

function measured(vectors: readonly (readonly number[])[], models = vectors.map((_, i) => i)): TaskVectors {
  const size = sizeOf(models);
  return taskVectors({ ...sumsOf(BASE, vectors), crc: '00000000' }, size, Object.keys(size.experts));
}

const codes = ({ warnings }: TaskVectors) => warnings.map(({ code, expert }) => `${code} ${expert}`);

describe('task vectors', () => {
  it('have the norms, cosines and shares of their entries', () => {
    const vectors = [normal(N, 0.03), normal(N, 0.02), normal(N, 0.05).map((x, i) => (i % 4 === 0 ? 0 : x))];
    const { experts, cosines, conflicts, coordinates, sampled } = measured(vectors);
    const dot = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
    for (const [i, v] of vectors.entries()) {
      expect(experts[i]?.norm).toBeCloseTo(Math.sqrt(dot(v, v) / dot(BASE, BASE)), 12);
      for (const [j, w] of vectors.entries()) {
        expect(cosines[i]?.[j]).toBeCloseTo(dot(v, w) / Math.sqrt(dot(v, v) * dot(w, w)), 12);
        const both = v.filter((x, n) => x !== 0 && w[n] !== 0).length;
        const against = v.filter((x, n) => x * (w[n] ?? 0) < 0).length;
        expect(conflicts[i]?.[j]).toBeCloseTo(against / both, 12);
      }
    }
    expect(experts.map(({ zeros }) => zeros)).toEqual([0, 0, 0.25]);
    expect(experts[0]?.conflict).toBeCloseTo(((conflicts[0]?.[1] ?? 0) + (conflicts[0]?.[2] ?? 0)) / 2, 12);
    const best = (cosines[0]?.[1] ?? 0) > (cosines[0]?.[2] ?? 0) ? 1 : 2;
    expect(experts[0]?.closest).toEqual({ expert: best, cosine: cosines[0]?.[best] });
    expect([coordinates, sampled]).toEqual([N, N]);
  });

  it('of experts that did not move have no direction', () => {
    const { experts, cosines, conflicts } = measured([normal(N, 0.1), BASE.map(() => 0)]);
    expect(experts[1]).toEqual({ norm: 0, zeros: 1, conflict: null, closest: null });
    expect(experts[0]?.closest).toBeNull();
    expect([cosines[1]?.[1], cosines[0]?.[1], conflicts[0]?.[1]]).toEqual([null, null, null]);
  });

  it('stand beside names, whatever the order of the files', () => {
    const [a, b] = [normal(N, 0.1), normal(N, 0.2)];
    const straight = measured([a, b]);
    const turned = measured([a, b], [1, 0]);
    expect(turned.experts.map(({ norm }) => norm)).toEqual(
      straight.experts.map(({ norm }) => norm).toReversed(),
    );
    const twice = measured([a, b], [0, 1, 0]);
    expect(twice.cosines[0]?.[2]).toBeCloseTo(1, 12);
    expect(twice.conflicts[0]?.[2]).toBe(0);
  });

  it('are without a relative length where the base is zero', () => {
    const zero = { ...sumsOf([0, 0], [[1, 2]]), crc: '00000000' };
    expect(taskVectors(zero, sizeOf([0]), ['e0']).experts[0]?.norm).toBeNull();
  });
});

describe('warnings', () => {
  const usual = () => normal(N, 0.05);

  it('are none of experts that are alike in length and go their own ways', () => {
    expect(codes(measured([usual(), usual(), normal(N, 0.2), normal(N, 0.01)]))).toEqual([]);
  });

  it('name an expert that is the base, and one of another lineage', () => {
    const found = measured([usual(), BASE.map(() => 0), normal(N, 1.4), usual()]);
    expect(codes(found)).toEqual(['expert_equals_base 1', 'expert_far_from_base 2']);
    expect(found.warnings[0]?.message).toBe('its task vector is zero in all 400 entries of it.');
  });

  it.each([
    [0.52, ['expert_far_from_base 3']],
    [0.4, []],
  ])('%f of the base is judged as the agent judges it', (norm, expected) => {
    const length = Math.sqrt(BASE.reduce((sum, x) => sum + x * x, 0));
    const own = normal(N, 1);
    const scale = (norm * length) / Math.sqrt(own.reduce((sum, x) => sum + x * x, 0));
    expect(codes(measured([usual(), usual(), usual(), own.map((x) => x * scale)]))).toEqual(expected);
  });

  it('name a length that is far outside the others, where there are three to compare', () => {
    const [a, b, c] = [normal(N, 0.02), normal(N, 0.02), normal(N, 0.3)];
    const long = measured([a, b, c]);
    expect(codes(long)).toEqual(['expert_norm_unusual 2']);
    expect(long.warnings[0]?.message).toMatch(
      /^its task vector is 1\d times longer than the pool's median: 0\.\d+ /,
    );
    expect(codes(measured([a, c]))).toEqual([]);
    expect(codes(measured([a, c, normal(N, 1.4)]))).toEqual(['expert_far_from_base 2']);
    const short = measured([normal(N, 0.001), b, normal(N, 0.03)]);
    expect(codes(short)).toEqual(['expert_norm_unusual 0']);
    expect(short.warnings[0]?.message).toContain('times shorter');
  });

  it('name two experts that point the same way, once, and no model twice', () => {
    const a = usual();
    const near = a.map((x) => 0.5 * x + 0.002 * random.normal());
    const apart = a.map((x) => x + 0.015 * random.normal());
    const found = measured([a, near, apart]);
    expect(codes(found)).toEqual(['experts_alike 1']);
    expect(found.warnings[0]?.message).toMatch(/that of e0 does \(cosine 0\.99\d\)/);
    expect(found.cosines[0]?.[2]).toBeGreaterThan(0.9);
    expect(codes(measured([a, usual()], [0, 1, 0]))).toEqual([]);
  });
});

describe('before a run', () => {
  const warning = (code: string, model: string) => ({ code, model, message: 'estimated', fix: '' });
  const prepared = {
    models: { 'S/expert/e0': { distance: 0.5 }, 'L/expert/e0': { distance: 0.6 } },
    warnings: [
      warning('expert_equals_base', 'S/expert/e1'),
      warning('expert_far_from_base', 'L/expert/e0'),
      warning('dtype_differs', 'S/expert/e0'),
    ],
  } as unknown as Prepared;

  it('what is measured takes the place of what was estimated, size by size', () => {
    const vectors = measured([normal(N, 0.05), normal(N, 0.05), BASE.map(() => 0), normal(N, 0.05)]);
    const known = withTaskVectors(prepared, POOL, new Map([['S', vectors]]));
    expect(known.warnings.map(({ code, model }) => `${code} ${model}`)).toEqual([
      'expert_far_from_base L/expert/e0',
      'dtype_differs S/expert/e0',
      'expert_equals_base S/expert/e2',
    ]);
    expect(known.warnings.at(-1)?.message).toMatch(/^expert e2 of size S: its task vector is zero/);
    expect(known.models['S/expert/e0']?.distance).toBe(vectors.experts[0]?.norm);
    expect(known.models['L/expert/e0']?.distance).toBe(0.6);
    expect(withTaskVectors(prepared, POOL, new Map())).toBe(prepared);
  });
});
