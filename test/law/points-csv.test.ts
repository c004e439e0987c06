import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPoints } from '../../core/law/points-csv.ts';

const only = (text: string, options?: { pool?: number | null; file?: string }) => {
  const { curves, problems } = readPoints(text, options);
  expect(problems).toEqual([]);
  expect(curves).toHaveLength(1);
  const [curve] = curves;
  if (!curve) throw new Error('no curve');
  return curve;
};
const problem = (text: string, pool: number | null = null) => {
  const { curves, problems } = readPoints(text, { file: 'points.csv', pool });
  expect(curves).toEqual([]);
  const [first] = problems;
  expect(first?.file).toBe('points.csv');
  expect(first?.fix).toBeTruthy();
  return first;
};

describe('points by k', () => {
  it('says what became of rows that are no points, and what points weigh', () => {
    const notes = (text: string) => readPoints(text).notes;
    expect(notes('k,loss\n0,3\n1,2\n2,nan\n3,1.5\n4,\n')).toEqual([
      'Left out for want of a loss: lines 4, 6.',
      'Of k = 0, which is the base and no point of the law: line 2.',
      expect.stringMatching(/^Points weigh in proportion to k/),
    ]);
    expect(notes('k,loss,std\n1,2,0.1\n2,1.8,0.1\n')).toEqual([]);
    expect(notes('k,loss,weight\n1,2,3\n2,1.8,1\n')).toEqual([]);
    expect(notes('k,loss,std\n1,2,0.1\n2,1.8,\n3,1.7,0.1\n')).toEqual([
      expect.stringContaining('in proportion to k'),
    ]);
    const many = Array.from({ length: 12 }, (_, i) => `${i + 1},`).join('\n');
    expect(notes(`k,loss\n1,2\n${many}`)[0]).toBe(
      'Left out for want of a loss: lines 3, 4, 5, 6, 7, 8, 9, 10 and 4 more.',
    );
  });

  it('reads k and loss, sorted, the pool being the largest k', () => {
    const curve = only('k,loss\n4,0.7\n1,0.9\n2,0.8\n');
    expect(curve.k).toEqual([1, 2, 4]);
    expect([...curve.mean]).toEqual([0.9, 0.8, 0.7]);
    expect(curve.pool).toBe(4);
    expect(curve.covariance).toBeNull();
    expect([...(curve.weights ?? [])]).toEqual([1, 2, 4]);
    expect(only('k,loss\n1,0.9\n', { pool: 9 }).pool).toBe(9);
  });

  it('takes variances std²/n, n = 1 if absent, with n − 1 degrees of freedom', () => {
    const curve = only('k,loss,std,n\n1,0.9,0.03,9\n2,0.8,0.02,\n3,0.7,0.01,4\n');
    expect([0, 4, 8].map((i) => curve.covariance?.[i])).toEqual([
      expect.closeTo(1e-4, 12),
      expect.closeTo(4e-4, 12),
      expect.closeTo(2.5e-5, 12),
    ]);
    expect(curve.covariance?.[1]).toBe(0);
    expect(curve.degreesOfFreedom).toEqual(Float64Array.of(8, Number.POSITIVE_INFINITY, 3));
  });

  it('knows that the whole pool is one subset, without a std', () => {
    const curve = only('k,loss,std,n\n1,0.9,0.03,3\n2,0.8,0.02,3\n3,0.7,,1\n');
    expect(curve.covariance?.[8]).toBe(0);
    const short = only('k,loss,std,n\n1,0.9,0.03,3\n2,0.8,,3\n3,0.7,,1\n');
    expect(short.covariance).toBeNull();
  });

  it('without std weighs by n, else by weight, else by k', () => {
    expect([...(only('k,loss,n,weight\n1,0.9,5,2\n2,0.8,,3\n3,0.7,,\n').weights ?? [])]).toEqual([5, 3, 3]);
  });

  it('has k = 0 for the base, averages duplicates and skips rows without a loss', () => {
    const curve = only('k,loss\n0,1.2\n1,0.9\n1,0.7\n2,\n3,NA\n4,0.6\n');
    expect(curve.base).toBe(1.2);
    expect(curve.k).toEqual([1, 4]);
    expect(curve.mean[0]).toBeCloseTo(0.8, 12);
  });

  it('makes one curve for each domain and N, in order', () => {
    const { curves } = readPoints(
      'N,domain,k,loss\n7,code,1,0.9\n0.5,code,1,1.1\n7,math,1,0.8\n7,code,2,0.85\n',
    );
    expect(curves.map(({ domain, N, k }) => [domain, N, k.length])).toEqual([
      ['code', 7, 2],
      ['code', 0.5, 1],
      ['math', 7, 1],
    ]);
  });

  it('reads names of columns in any case and with blanks, N and n apart', () => {
    const { curves, problems } = readPoints(
      '" Domain ",N,K, LOSS,Std,n\ncode,0.5,1,0.9,0.03,9\ncode,0.5,2,0.8,0.02,4\n',
    );
    expect(problems).toEqual([]);
    expect(curves.map(({ domain, N, k, mean }) => [domain, N, k, [...mean]])).toEqual([
      ['code', 0.5, [1, 2], [0.9, 0.8]],
    ]);
    expect(curves[0]?.covariance?.[0]).toBeCloseTo(1e-4, 12);
    expect(curves[0]?.degreesOfFreedom).toEqual(Float64Array.of(8, 3));
    expect([...only('Subset,Loss\na,0.9\na+b,0.6\n').mean]).toEqual([0.9, 0.6]);
    // Beside a k, K is a column of the user's own.
    expect(only('k,K,loss\n1,7,0.9\n2,8,0.8\n').k).toEqual([1, 2]);
  });

  it('takes N up to the largest number of billions, and passes over lines of blanks', () => {
    expect(only('N,k,loss\n100000,1,0.9\n   \n\n100000,2,0.8\n').N).toBe(1e5);
  });

  it('reads semicolons, tabs, quotes, comments, byte-order marks and Windows line ends', () => {
    for (const text of [
      'k;loss\r\n1;0.9\r\n2;0.8',
      'k\tloss\n1\t0.9\n2\t0.8',
      '\uFEFF# losses\n"k","loss"\n1,"0.9"\n2,0.8\n',
    ])
      expect([...only(text).mean]).toEqual([0.9, 0.8]);
  });
});

describe('sizes', () => {
  it('are billions in a column N, or numbers of parameters', () => {
    expect(only('k,loss,parameters\n1,0.9,39200\n2,0.8,39200\n').N).toBeCloseTo(3.92e-5, 12);
    expect(only('k,loss,Parameters\n1,0.9,5e8\n').N).toBe(0.5);
    expect(problem('k,loss,parameters\n1,0.9,0.5\n')).toMatchObject({
      code: 'bad_value',
      line: 2,
      column: 3,
    });
    expect(problem('k,loss,N,parameters\n1,0.9,0.5,5e8\n')).toMatchObject({
      code: 'column_twice',
      line: 1,
      column: 4,
    });
  });
});

describe('points by merge', () => {
  it('averages subsets by size, the pool being all experts named', () => {
    const curve = only('subset,loss\na,0.9\nb,0.7\nc,0.8\na+b,0.6\nb + c,0.5\n,1.5\na+b+c,0.4\n');
    expect(curve.pool).toBe(3);
    expect(curve.base).toBe(1.5);
    expect(curve.k).toEqual([1, 2, 3]);
    expect([...curve.mean]).toEqual([expect.closeTo(0.8, 12), expect.closeTo(0.55, 12), 0.4]);
    // two of three pairs: s²/n·(1 − 2/3); all singles and the full set: none
    expect(curve.covariance?.[4]).toBeCloseTo((0.005 / 2) * (1 / 3), 12);
    expect(curve.covariance?.[0]).toBe(0);
    expect(curve.covariance?.[8]).toBe(0);
    expect(curve.exhaustive).toBe(false);
  });

  it('has no error from subsets when all are there, and then none that is known', () => {
    const curve = only('subset,loss\na,0.9\nb,0.7\na+b,0.6\n');
    expect(curve.exhaustive).toBe(true);
    expect(curve.covariance).toBeNull();
    expect(curve.weights).toBeNull();
  });

  it('counts the same subset once, in any order', () => {
    const curve = only('subset,loss\na+b,0.6\nb+a,0.8\na,0.9\n');
    expect(curve.mean[1]).toBeCloseTo(0.7, 12);
  });

  it('borrows the spread of other k where a k has one subset of many', () => {
    const curve = only('subset,loss\na,0.9\nb,0.7\nc,0.8\nd,0.8\na+b,0.6\n');
    // s² at k = 1 is 0.02/3 with shape (4 − 1)/(1·3) = 1; at k = 2 the shape is 2/(2·3)
    expect(curve.covariance?.[3]).toBeCloseTo((0.02 / 3) * (1 / 3) * (5 / 6), 12);
  });
});

describe('problems', () => {
  it.each([
    ['', 'csv_empty', 1, undefined],
    ['\n\n', 'csv_empty', 1, undefined],
    ['k,value\n1,2\n', 'column_missing', 1, 1],
    ['loss\n1\n', 'column_missing', 1, 1],
    ['k,loss,loss\n1,2,3\n', 'column_twice', 1, 3],
    ['k,loss\n', 'no_points', 1, undefined],
    ['k,loss\n1,0.9\n2,zero\n', 'bad_value', 3, 2],
    ['k,loss\n1.5,0.9\n', 'bad_value', 2, 1],
    ['k,loss\n-1,0.9\n', 'bad_value', 2, 1],
    ['k,loss\n,0.9\n', 'bad_value', 2, 1],
    ['k,loss,std\n1,0.9,-1\n', 'bad_value', 2, 3],
    ['k,loss,N\n1,0.9,0\n', 'bad_value', 2, 3],
    ['k,loss,N\n1,0.9,500000000\n', 'bad_value', 2, 3],
    ['k,Loss,LOSS\n1,2,3\n', 'column_twice', 1, 3],
    ['k,loss\n1,0.9\n2\n3,0.7\n', 'row_short', 3, 2],
    ['k,loss,std\n1,0.9,0.1\n2,0.8\n', 'row_short', 3, 3],
    ['subset,loss\na++b,0.9\n', 'bad_value', 2, 1],
    ['subset,loss\na+a,0.9\n', 'bad_value', 2, 1],
    ['k,loss\n"1,0.9\n', 'csv_broken', expect.any(Number), expect.any(Number)],
  ])('%j: %s at line %s, column %s', (text, code, line, column) => {
    const found = problem(text);
    expect([found?.code, found?.line, found?.column]).toEqual([code, line, column]);
  });

  it('names the pool that a k or the subsets exceed', () => {
    expect(problem('k,loss\n1,0.9\n10,0.7\n', 9)?.message).toContain("the pool's 9");
    expect(problem('subset,loss\na+b+c,0.9\n', 2)?.code).toBe('pool_too_small');
  });

  it('says what N is in where it is far too large', () => {
    expect(problem('k,loss,N\n1,0.9,5e8\n')?.message).toBe(
      'N is in billions of parameters: 0.5 for half a billion; here it is "5e8".',
    );
  });

  it('names every bad cell, not only the first', () => {
    const { problems } = readPoints('k,loss\nx,0.9\n2,y\n');
    expect(problems.map(({ line, column }) => [line, column])).toEqual([
      [2, 1],
      [3, 2],
    ]);
  });

  it('never throws, and never gives a curve with a number that is none', () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('1', '2', '0.5', 'k', 'loss', 'a+b', '"', '', 'nan', '1e400'),
    );
    const table = fc.array(
      fc.array(cell, { maxLength: 5 }).map((row) => row.join(',')),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(table, fc.boolean(), (rows, headed) => {
        const { curves, problems } = readPoints((headed ? ['k,loss,std,n', ...rows] : rows).join('\n'));
        expect(curves.length > 0).toBe(problems.length === 0);
        for (const { mean, covariance, weights } of curves)
          expect([...mean, ...(covariance ?? []), ...(weights ?? [])].every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 500, seed: 6 },
    );
  });
});
