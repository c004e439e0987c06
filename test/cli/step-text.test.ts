import { expect, it } from 'vitest';
import { reportText } from '../../cli/report/report-text.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { makeReport } from '../../core/report/make-report.ts';
import type { Report } from '../../core/report/report.ts';
import { reportDocument } from '../../core/report/report-document.ts';
import { inputOf, World } from '../report/world.ts';

const world = new World({ seed: 5, experts: 5, domains: 3, samples: 40, scaled: true });
const report = makeReport(
  inputOf(world, {
    methods: [
      { method: 'task_arithmetic', scale: 'tuned', normalize: true, compatibility: 'none' },
      { method: 'average', compatibility: 'none' },
    ],
  }),
  { stage: 'complete' },
);

function text(full: boolean, cell: number, of: Report = report): string {
  return reportText(of, { style: styleFor({}, {}), columns: 110, full, cell });
}

it('a tuned method has its step length with --full, k by k, and no other has', () => {
  const full = text(true, 0);
  const section = full.slice(full.indexOf('Step length'));
  for (const { k, fixed, tuned } of report.study?.cells[0]?.step?.by_k ?? []) {
    const row = section.split('\n').find((line) => new RegExp(`^ +${k} +[0-9.]+ `).test(line));
    expect(row).toContain(fixed.value.toFixed(3));
    expect(row).toContain(tuned.value.toFixed(3));
  }
  expect(section).toMatch(/The typical loss falls by .* from\s+k = 1 to k = 5/);
  expect(section).toContain('The best scale is');
  expect(full).not.toMatch(/NaN|undefined|null|Infinity/);
  expect(text(false, 0)).not.toContain('Step length');
  expect(text(true, 1)).not.toContain('Step length');
});

it('labels name the methods of the file, and no scale that tuning tries', () => {
  expect(report.cells.map(({ label }) => label)).toEqual(['task_arithmetic', 'average']);
  const [cell] = reportDocument(report).study?.cells ?? [];
  expect(cell?.step?.subsets.length).toBe(5 + 3 * 2 + 1);
});
