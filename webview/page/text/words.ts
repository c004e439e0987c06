/** What things are called on the page. */

import type { LawCurve } from '../../../core/law/curve.ts';
import type { Cell, Report, ReportDomain } from '../../../core/report/report.ts';
import { plain } from './names.ts';

/** `S · ties`, without a size where the file declares none. */
export function cellName(report: Report, cell: Cell): string {
  const declared = report.sizes.some((size) => size.declared && size.name === cell.size);
  return declared ? `${plain(cell.size, 24)} · ${plain(cell.label)}` : plain(cell.label);
}

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

const FORMULA: Readonly<Record<NonNullable<LawCurve['form']>, string>> = {
  paper: 'L(k) = L∞ + A/(k + b), b ≥ 0',
  signed: 'L(k) = L∞ + A/(k + b)',
  quadratic: 'L(k) = L∞ + A/k + C/k²',
  power: 'L(k) = L∞ + A·k^−p',
  flat: 'L(k) = L∞',
  three_point: 'L(k) = L∞ + A/(k + b), exact through three points',
};

export function formula(form: NonNullable<LawCurve['form']>): string {
  return FORMULA[form];
}

export function formName(form: LawCurve['form']): string {
  return form === null ? 'none' : form === 'three_point' ? 'three-point' : form;
}

export function symbol(parameter: string): string {
  return parameter === 'Linf' ? 'L∞' : parameter;
}
