/** Experts that have no effect to tell, because the goals decide on them. */
import type { Report } from '../core/report/report.ts';

const EXCLUDED = 'excluded by the goals';
const REQUIRED = 'required by the goals';

/** Empty for an expert that the goals leave open. */
export function goalsRemark({ excluded, required }: Report, expert: string): string {
  if (excluded.includes(expert)) return EXCLUDED;
  return required.includes(expert) ? REQUIRED : '';
}
