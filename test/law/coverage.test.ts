import { describe, expect, it } from 'vitest';
import { coverage, share } from './coverage.ts';
import { DESIGNS } from './designs.ts';
import { gates } from './gates.ts';

/** The long study runs 2,000 of each design; these few find what is broken, not what is slightly off. */
const REPLICATES = 12;

describe('coverage of 95% intervals, a few replicates of each design', () => {
  const results = DESIGNS.map((design) => coverage(design, REPLICATES));

  it('designs have names and seeds of their own', () => {
    expect(new Set(DESIGNS.map(({ name }) => name)).size).toBe(DESIGNS.length);
    expect(new Set(DESIGNS.map(({ seed }) => seed)).size).toBe(DESIGNS.length);
  });

  it('is 93 to 97.5% over all identified designs', () => {
    const rows = results
      .filter(({ design }) => design.identified)
      .flatMap(({ rows }) => rows.filter(({ kind }) => kind === 'continuous'));
    const mean = rows.reduce((sum, row) => sum + share(row), 0) / rows.length;
    expect(mean).toBeGreaterThan(0.93);
    expect(mean).toBeLessThan(0.975);
  });

  it.each(results.map((result) => [result.design.name, result] as const))(
    '%s',
    (_, { design, rows, warned }) => {
      // Of 12 intervals that cover 95%, fewer than 8 do in less than 1 of 10,000.
      for (const row of rows) expect(share(row), row.quantity).toBeGreaterThanOrEqual(8 / REPLICATES);
      if (!design.identified) expect(warned).toBeGreaterThanOrEqual(10 / REPLICATES);
    },
  );

  it('the gates see what is wrong', () => {
    const [first] = results;
    if (!first) throw new Error('no design');
    const narrow = {
      ...first,
      rows: first.rows.map((row) => ({ ...row, covered: Math.floor(0.85 * row.of) })),
    };
    expect(gates([narrow], REPLICATES).length).toBe(first.rows.length + 1);
    const silent = { ...first, design: { ...first.design, identified: false }, warned: 0.5 };
    expect(gates([first, silent], REPLICATES).some((gate) => gate.includes('says so in only 50.0%'))).toBe(
      true,
    );
  });
});
