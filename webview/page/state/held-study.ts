import type { Report } from '../../../core/report/report.ts';

/**
 * A study comes last, and scores on tasks with it. Until a newer one is there, that of the report before stays where it is, so that no panel goes and
 * comes with each result; only of the same plan and the same recommended subset, which it speaks of.
 */
export function withHeldStudy(report: Report, before: Report | null): Report {
  const held = before?.study ?? null;
  if (report.stage === 'complete' || report.study !== null || held === null) return report;
  const same =
    before?.plan === report.plan &&
    before.headline.cell === report.headline.cell &&
    before.headline.subset?.join('\n') === report.headline.subset?.join('\n');
  const { downstream } = before ?? {};
  return same ? { ...report, study: held, ...(downstream ? { downstream } : {}) } : report;
}
