/** What the goals decide, where numbers stand that they have a bearing on. */
import type { Report } from '../core/report/report.ts';
import { nameList } from './plain.ts';

const EXCLUDED = 'excluded by the goals';
const REQUIRED = 'required by the goals';

/** Why an expert has no effect to tell; empty for an expert that the goals leave open. */
export function goalsRemark({ excluded, required }: Report, expert: string): string {
  if (excluded.includes(expert)) return EXCLUDED;
  return required.includes(expert) ? REQUIRED : '';
}

/** Beside what is of the whole pool, required experts or not: what experts do for domains, and the spread. */
export function wholePoolNote({ required }: Pick<Report, 'required'>): string {
  return required.length === 0 ? '' : `Over all subsets, also those without ${nameList(required)}.`;
}
