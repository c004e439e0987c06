import type { Report } from '../core/report/report.ts';
import type { PlanId } from '../core/store/format.ts';
import { askToStop } from './run-folders.ts';

/** Asks a run to end after its current merge, once, as soon as a report of its plan says that every mean is known well enough. */
export function stopWhenPrecise(store: string, run: string, plan: PlanId): (report: Report) => void {
  let asked = false;
  return (report) => {
    if (asked || report.plan !== plan || report.precision?.stop !== 'precise') return;
    asked = true;
    askToStop(store, run, false);
  };
}
