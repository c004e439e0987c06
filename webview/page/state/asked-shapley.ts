import type { Report } from '../../../core/report/report.ts';
import type { ToPage } from '../../messages.ts';

export type ShapleyAnswer = Extract<ToPage, { kind: 'shapley' }>;

/** The report with what the host answered of it; as it is where the answer is of other results. */
export function withShapley(report: Report, answer: ShapleyAnswer | null): Report {
  const { study } = report;
  const isOf = answer?.plan === report.plan && answer.done === report.progress.done;
  return study && isOf && study.shapley === null
    ? { ...report, study: { ...study, shapley: answer.shapley } }
    : report;
}
