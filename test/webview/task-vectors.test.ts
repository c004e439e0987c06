/** The table of task vectors on the dashboard, as data: every number is the report's. */
import { describe, expect, it } from 'vitest';
import { type TaskVectors, taskVectors } from '../../core/geometry/task-vectors.ts';
import type { Report } from '../../core/report/report.ts';
import { VECTORS, vectorsTable } from '../../webview/page/panels/synergy/task-vectors-view.ts';
import { sizeOf, sumsOf } from '../geometry/geometry-files.ts';
import { must, sampleReport, scopeIn } from './sample.ts';

const sample = sampleReport();
const vectors: TaskVectors = taskVectors(
  {
    ...sumsOf(
      Array.from({ length: 60 }, (_, i) => 1 + i / 60),
      sample.pool.map((_, e) =>
        Array.from({ length: 60 }, (_, i) => 0.01 * Math.sin(i * (e + 1)) * (i % 5 === e ? 0 : 1)),
      ),
    ),
    crc: '',
  },
  {
    experts: Object.fromEntries(
      Object.values(sizeOf(sample.pool.map((_, e) => e)).experts).map((model, e) => [sample.pool[e], model]),
    ),
  },
  sample.pool,
);
const report: Report = { ...sample, sizes: sample.sizes.map((size) => ({ ...size, geometry: vectors })) };
const scope = scopeIn(report);

describe('the table of task vectors', () => {
  it.each(VECTORS)('$label shows each pair of the pool alike from both sides', ({ value }) => {
    const table = must(vectorsTable(scope, value));
    expect(table.columns).toEqual(sample.pool);
    for (const [i, { expert, cells }] of table.rows.entries()) {
      expect(expert).toBe(sample.pool[i]);
      for (const [j, cell] of cells.entries()) {
        expect(cell.own).toBe(i === j);
        const back = must(table.rows[j]?.cells[i]);
        expect([back.text, back.heat]).toEqual([cell.text, cell.heat]);
        if (i === j) expect([cell.text, cell.heat]).toEqual(['–', 0]);
      }
    }
    const heats = table.rows.flatMap(({ cells }) => cells.map(({ heat }) => heat));
    expect(Math.max(...heats.map(Math.abs))).toBe(4);
  });

  it('colours by the sign of what two have in common', () => {
    const cosine = must(vectorsTable(scope, 'cosine'));
    const conflict = must(vectorsTable(scope, 'conflict'));
    for (const [i, row] of vectors.cosines.entries())
      for (const [j, value] of row.entries()) {
        if (i === j) continue;
        expect(Math.sign(must(value)) * (cosine.rows[i]?.cells[j]?.heat ?? 0)).toBeGreaterThanOrEqual(0);
        const share = must(vectors.conflicts[i]?.[j]);
        expect((0.5 - share) * (conflict.rows[i]?.cells[j]?.heat ?? 0)).toBeGreaterThanOrEqual(0);
      }
  });

  it('copies every pair with its numbers whole', () => {
    const { csv } = must(vectorsTable(scope, 'cosine'));
    const rows = [...csv.rows];
    expect(rows).toHaveLength(sample.pool.length ** 2);
    const [first, second] = sample.pool;
    const row = rows.find(([expert, other]) => expert === first && other === second);
    const { norm, zeros } = must(vectors.experts[0]);
    expect(row).toEqual([first, second, vectors.cosines[0]?.[1], vectors.conflicts[0]?.[1], norm, zeros]);
  });

  it('shows a pair that has no angle as such, and says what is odd', () => {
    const none = sample.pool.map(() => sample.pool.map(() => null));
    const odd = {
      ...vectors,
      cosines: none,
      conflicts: none,
      warnings: [{ code: 'experts_alike', expert: 1, message: 'it is alike.', fix: 'Look.' }] as const,
    };
    const sizes = sample.sizes.map((size) => ({ ...size, geometry: odd }));
    const table = must(vectorsTable(scopeIn({ ...report, sizes }), 'conflict'));
    expect(table.rows[0]?.cells[1]).toMatchObject({ text: '–', heat: 0 });
    expect(table.warnings).toEqual([`${sample.pool[1]}: it is alike. Look.`]);
  });

  it('is not there while they are not measured', () => {
    const sizes = sample.sizes.map((size) => ({ ...size, geometry: null }));
    expect(vectorsTable(scopeIn({ ...report, sizes }), 'cosine')).toBeNull();
    // A page that was exported before there were any.
    expect(vectorsTable(scopeIn(sample), 'cosine')).toBeNull();
  });
});
