/** A dashboard of an ensemble, made from planted models. */
import { makeEnsembleReport } from '../../core/ensemble/make-report.ts';
import type { EnsembleInput } from '../../core/ensemble/types.ts';
import type { EnsembleDocument } from '../../core/report/ensemble-document.ts';
import type { PlanId } from '../../core/store/format.ts';
import type { DashboardState } from '../../webview/messages.ts';
import { dashboardState } from './synthetic-report.ts';

export function ensembleDocument(
  input: EnsembleInput,
  more: Partial<EnsembleDocument> = {},
  stage: EnsembleDocument['stage'] = 'complete',
): EnsembleDocument {
  const total = input.models.length;
  return {
    ...makeEnsembleReport(input, { stage }),
    plan: '0'.repeat(64) as PlanId,
    progress: { done: total, failed: 0, total },
    left_out: [],
    unaveraged: [],
    ...more,
  };
}

export function ensembleState(
  report: EnsembleDocument | null,
  more: Partial<DashboardState> = {},
): DashboardState {
  return dashboardState(null, { name: report?.name ?? 'Pool', ensemble: { report }, ...more });
}
