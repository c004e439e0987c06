/** What things are called on the page. */

import type { Report, ReportDomain } from '../../../core/report/report.ts';
import { plain } from '../../../words/plain.ts';

/** What the objective is: the macro mean where all domains weigh the same. */
export function objectiveName(domains: readonly ReportDomain[]): string {
  if (domains.length <= 1) return 'objective';
  const [first] = domains;
  return domains.every(({ weight }) => Math.abs(weight - (first?.weight ?? 0)) < 1e-12)
    ? 'macro mean'
    : 'weighted mean';
}

export function domainName(report: Report, domain: number | null): string {
  if (domain === null) return objectiveName(report.domains);
  return plain(report.domains[domain]?.name ?? '');
}
