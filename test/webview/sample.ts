/**
 * The sample's real report (size S, average, 511 merges), as `merge-lab report --html` wrote it into a page: the text
 * of its state element, made with `examples/nine-domains/nine-domains.mergelab.yaml`.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../../core/report/report.ts';
import type { DashboardState } from '../../webview/messages.ts';
import { decodeState } from '../../webview/page/state/decode-state.ts';
import { type Scope, scopeOf } from '../../webview/page/state/view.ts';

const FILE = path.join(import.meta.dirname, '..', 'fixtures', 'reports', 'nine-domains.json');

export function sampleState(): DashboardState {
  return decodeState(readFileSync(FILE, 'utf8'));
}

export function sampleReport(): Report {
  const { report } = sampleState();
  if (!report) throw new RangeError('the sample has a report');
  return report;
}

/** Sizes S, M and L of five experts, averaged in the order of six permutations, under a budget; made in the same way. */
export function threeSizesState(): DashboardState {
  return decodeState(readFileSync(path.join(path.dirname(FILE), 'three-sizes.json'), 'utf8'));
}

export function threeSizesReport(): Report {
  return must(threeSizesState().report, 'report');
}

/** @param domain null = the objective */
export function scopeIn(report: Report, domain: string | null = null): Scope {
  const scope = scopeOf(report, null, domain);
  if (!scope) throw new RangeError('a report has a cell');
  return scope;
}

/** The element, where there must be one. */
export function must<T>(value: T | null | undefined, what = 'value'): T {
  if (value === null || value === undefined) throw new RangeError(`there is no ${what}`);
  return value;
}
