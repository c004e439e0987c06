import { describe, expect, test } from 'vitest';
import { BLOCK } from '../../core/design/blocks.ts';
import { countMerges } from '../../core/design/count-merges.ts';
import { planSweep } from '../../core/design/sweep.ts';
import { ProblemError } from '../../core/problem.ts';
import type { PlanLine } from '../../core/store/format.ts';
import { experimentOf, poolOf, preparedOf, sweepOf } from './sweeps.ts';

const short = ({ method, seed, subset, purpose, draws }: PlanLine): string =>
  `${method ?? '-'}${seed === null ? '' : `/${seed}`} ${subset.join('+') || 'base'} ${purpose.join('+')} ${draws}`;

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
  return 'none';
}

describe('anchors first', () => {
  test('base, experts, then per method all singles and the whole pool, each seed', () => {
    const { lines } = sweepOf(['a', 'b', 'c'], {
      methods: ['average', '{ method: dare, seeds: [0, 5] }'],
      sweep: '{ k: [1, 2] }',
    });
    expect(lines.slice(0, 16).map(short)).toEqual([
      '- base anchor 0',
      '- a anchor 0',
      '- b anchor 0',
      '- c anchor 0',
      '0 a anchor+design 1',
      '0 b anchor+design 1',
      '0 c anchor+design 1',
      '0 a+b+c anchor 0', // k = 3 is not asked for: known, but no part of the design
      '1/0 a anchor+design 1',
      '1/0 b anchor+design 1',
      '1/0 c anchor+design 1',
      '1/0 a+b+c anchor 0',
      '1/5 a anchor+design 1',
      '1/5 b anchor+design 1',
      '1/5 c anchor+design 1',
      '1/5 a+b+c anchor 0',
    ]);
    expect(lines.slice(16).map(short).sort()).toEqual(
      ['0', '1/0', '1/5'].flatMap((cell) =>
        ['a+b', 'a+c', 'b+c'].map((subset) => `${cell} ${subset} design 1`),
      ),
    );
  });

  test('a pool of one has one merge, once', () => {
    expect(sweepOf(['a']).lines.map(short)).toEqual([
      '- base anchor 0',
      '- a anchor 0',
      '0 a anchor+design 1',
    ]);
  });

  test('a sweep without k = 1 has singles that are no design', () => {
    const { lines } = sweepOf(['a', 'b', 'c'], { sweep: '{ k: 2..3 }' });
    expect(lines.filter((line) => line.method === 0).map(short)).toEqual([
      '0 a anchor 0',
      '0 b anchor 0',
      '0 c anchor 0',
      '0 a+b+c anchor+design 1',
      ...lines.slice(8).map(short),
    ]);
  });
});

describe('the whole sweep', () => {
  test('nine experts: 511 merges, 10 unmerged models, each key once', () => {
    const { lines } = sweepOf(poolOf(9));
    expect(lines).toHaveLength(521);
    expect(new Set(lines.map((line) => line.key)).size).toBe(521);
    expect(lines.filter((line) => line.draws === 1)).toHaveLength(511);
    for (const { subset } of lines) expect(subset).toEqual([...subset].sort());
  });

  test('subsets are in the order of the pool, and keys do not depend on it', () => {
    const one = sweepOf(['c', 'a', 'b']);
    const two = sweepOf(['a', 'b', 'c']);
    for (const { subset } of one.lines) {
      expect(subset).toEqual(['c', 'a', 'b'].filter((expert) => subset.includes(expert)));
    }
    const keys = (lines: readonly PlanLine[]) => lines.map((line) => line.key).sort();
    expect(keys(one.lines)).toEqual(keys(two.lines));
  });

  test('mergekit compatibility keys the order of the file', () => {
    const methods = ['{ method: ties, compatibility: mergekit }'];
    const one = sweepOf(['c', 'a'], { methods }).lines.at(-1);
    const two = sweepOf(['a', 'c'], { methods }).lines.at(-1);
    expect([...(one?.subset ?? [])].sort()).toEqual(two?.subset);
    expect(one?.key).not.toBe(two?.key);
  });

  test('sizes: each has its own keys, the same subsets, and blocks in turns', () => {
    const { lines, header } = sweepOf(poolOf(6), { sizes: ['S', 'L'] });
    const of = (size: string) => lines.filter((line) => line.size === size);
    expect(of('S').map(short).sort()).toEqual(of('L').map(short).sort());
    expect(new Set(lines.map((line) => line.key)).size).toBe(2 * (7 + 63));
    expect(Object.keys(header.sizes)).toEqual(['S', 'L']);
    const design = lines.slice(2 * (7 + 7)).map((line) => line.size);
    const turns = design.filter((size, i) => size !== design[i - 1]);
    // 28 anchors leave 4 of the first block; 56 each: 4, 32, 20 and 32, 24
    expect(turns).toEqual(['S', 'L', 'S', 'L', 'S']);
  });

  test('references with a model are scored as their own base', () => {
    const more = 'references: [{ name: known, loss: 1 }, { name: rival, model: ./rival }]';
    const { lines, header } = sweepOf(['a', 'b'], { more });
    expect(header.references).toEqual({
      rival: expect.objectContaining({ source: './rival', kind: 'checkpoint' }),
    });
    const [line, ...rest] = lines.filter((each) => each.reference !== undefined);
    expect(rest).toEqual([]);
    expect(line).toMatchObject({
      reference: 'rival',
      subset: [],
      method: null,
      purpose: ['anchor'],
      draws: 0,
    });
    const asBase = sweepOf(['a', 'b']).lines[0];
    expect(line?.key).not.toBe(asBase?.key);
  });

  test('one experiment, one plan', () => {
    const options = { sweep: '{ subsets: 10 }' };
    expect(sweepOf(poolOf(12), options)).toEqual(sweepOf(poolOf(12), options));
    const other = sweepOf(poolOf(12), { sweep: '{ subsets: 10, seed: 1 }' });
    expect(other.lines.map(short)).not.toEqual(sweepOf(poolOf(12), options).lines.map(short));
  });

  test('a pool of 64 is planned without listing its subsets', () => {
    const { lines } = sweepOf(poolOf(64), { sweep: '{ subsets: { permutations: 15 } }' });
    // 15 prefixes of each k from 2 to 63 that are all distinct but for few, 1 + 64 unmerged, 64 singles, 1 whole
    expect(lines.length).toBeGreaterThan(130 + 14 * 62);
    expect(lines.length).toBeLessThanOrEqual(130 + 15 * 62);
  });
});

describe('order', () => {
  const { lines } = sweepOf(poolOf(9), { methods: ['average', 'ties'] });
  const design = lines.slice(10 + 2 * 10);

  test('each block holds a share of every k that is left, for each method alike', () => {
    const first = BLOCK - (30 % BLOCK);
    for (let end = first; end <= 7 * 9 * 2; end += BLOCK) {
      const counts = new Map<string, number>();
      for (const { method, subset } of design.slice(0, end)) {
        const stratum = `${method}/${subset.length}`;
        counts.set(stratum, (counts.get(stratum) ?? 0) + 1);
      }
      expect(counts.size).toBe(Math.min(14, end));
      expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
    }
  });

  test('the merges of each k at the end of a block are a fair sample of that k', () => {
    const seeds = 150;
    const loss = (subset: readonly string[]) =>
      subset.reduce((sum, name) => sum + (Number(name.slice(7)) + 1) ** 2, 0) / subset.length;
    const errors = new Map<number, number[]>();
    for (let seed = 0; seed < seeds; seed += 1) {
      const all = sweepOf(poolOf(6), { sweep: `{ seed: ${seed} }` }).lines;
      for (const k of [2, 3, 4, 5]) {
        const losses = (lines: readonly PlanLine[]) =>
          lines
            .filter((line) => line.method === 0 && line.subset.length === k)
            .map((line) => loss(line.subset));
        const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        const early = losses(all.slice(0, BLOCK)); // 14 anchors and 18 of the design
        expect(early.length).toBeGreaterThanOrEqual(4);
        errors.set(k, [...(errors.get(k) ?? []), mean(early) - mean(losses(all))]);
      }
    }
    for (const [k, each] of errors) {
      const mean = each.reduce((sum, value) => sum + value, 0) / seeds;
      const sd = Math.sqrt(each.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1));
      expect(sd, `k = ${k}`).toBeGreaterThan(0);
      expect(Math.abs(mean), `k = ${k}`).toBeLessThan((4 * sd) / Math.sqrt(seeds));
    }
  });

  test('inside a block, steps are small', () => {
    let steps = 0;
    let moves = 0;
    design.forEach(({ subset, method }, i) => {
      const before = design[i - 1];
      if (!before || before.method !== method || (i + 30) % BLOCK === 0) return;
      const shared = subset.filter((expert) => before.subset.includes(expert)).length;
      steps += subset.length + before.subset.length - 2 * shared;
      moves += 1;
    });
    expect(steps / moves).toBeLessThan(3); // at random it is more than 4
  });

  test('permutations come one after the other', () => {
    const sweep = sweepOf(poolOf(9), { sweep: '{ subsets: { permutations: 4 } }' });
    const sizes = sweep.lines.slice(20).map((line) => line.subset.length);
    expect(sizes.slice(0, 7)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('what cannot be planned', () => {
  const experiment = experimentOf(['a', 'b']);
  const prepared = preparedOf(experiment);

  test('a problem of prepare is passed on', () => {
    const problem = { code: 'shape_mismatch', message: 'x', fix: 'y' };
    expect(codeOf(() => planSweep(experiment, { ...prepared, problems: [problem] }))).toBe('shape_mismatch');
  });

  test('two experts that are one model', () => {
    const model = prepared.models['default/expert/a'];
    if (!model) throw new Error('no model');
    const models = { ...prepared.models, 'default/expert/b': model };
    expect(codeOf(() => planSweep(experiment, { ...prepared, models }))).toBe('expert_duplicate');
  });

  test('models or data that were not prepared', () => {
    expect(codeOf(() => planSweep(experiment, { ...prepared, models: {} }))).toBe('not_prepared');
    expect(codeOf(() => planSweep(experiment, { ...prepared, evaluations: {} }))).toBe('not_prepared');
  });

  test('an adapter alone as a reference', () => {
    const referring = experimentOf(['a', 'b'], { more: 'references: [{ name: r, model: ./r }]' });
    const found = preparedOf(referring);
    const adapter = found.models['reference/r'];
    if (!adapter) throw new Error('no model');
    const models = { ...found.models, 'reference/r': { ...adapter, kind: 'adapter' as const } };
    expect(codeOf(() => planSweep(referring, { ...found, models }))).toBe('reference_is_adapter');
  });
});

test('the merges of a sweep are counted from the text alone', () => {
  const pool = poolOf(5);
  for (const options of [
    {},
    { sweep: '{ k: [1, 2] }' },
    { sweep: '{ k: [2, 3], subsets: 2 }' },
    { sweep: '{ subsets: { permutations: 3 } }', methods: ['average', '{ method: dare, seeds: [0, 1, 2] }'] },
  ]) {
    const merges = sweepOf(pool, options).lines.filter(({ method }) => method !== null);
    expect(countMerges(experimentOf(pool, options))).toBe(merges.length);
  }
});
