import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMerge, lowestMerge, mergeAt, mergePoints, mergeTable } from '../../core/report/merge-table.ts';
import type { MergePoint } from '../../core/report/report.ts';

const point: fc.Arbitrary<MergePoint> = fc.record({
  members: fc.uniqueArray(fc.nat(63), { minLength: 1, maxLength: 64 }).map((d) => d.sort((a, b) => a - b)),
  seed: fc.option(fc.integer({ min: 0, max: 4_294_967_295 })),
  objective: fc.double({ min: 0, max: 20, noNaN: true }),
  domains: fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 }),
  design: fc.boolean(),
});

describe('merges by column', () => {
  it('give back every merge, also of 64 experts and of the largest seed', () => {
    fc.assert(
      fc.property(fc.array(point), (points) => {
        expect(mergePoints(mergeTable(points))).toEqual(points);
      }),
    );
  });

  it('are found by members and seed', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 1 }), (points) => {
        const table = mergeTable(points);
        for (const { members, seed } of points) {
          const found = findMerge(table, members, seed);
          expect(found === null ? null : mergeAt(table, found)).toMatchObject({ members, seed });
        }
      }),
    );
    expect(findMerge(mergeTable([]), [0], null)).toBeNull();
    const one = { members: [31], seed: null, objective: 1, domains: [1], design: true };
    expect(findMerge(mergeTable([one]), [-1], null)).toBeNull();
  });

  it('know the lowest', () => {
    const points = [3, 1, 2].map((objective) => ({
      members: [0],
      seed: null,
      objective,
      domains: [objective],
      design: true,
    }));
    expect(lowestMerge(mergeTable(points))).toBe(1);
    expect(lowestMerge(mergeTable([]))).toBeNull();
  });
});
