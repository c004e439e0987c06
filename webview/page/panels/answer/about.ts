/** What the answer is about: it stays the same whatever method and domain the panels below show. */
import type { Report } from '../../../../core/report/report.ts';
import { cellName } from '../../../../words/cell-name.ts';
import { interval } from '../../../../words/estimates.ts';
import { counted } from '../../../../words/numbers.ts';
import type { Scope } from '../../state/view.ts';
import { domainName } from '../../text/words.ts';

/** `average · macro mean of 9 domains`; empty where nothing answers. */
export function aboutText(report: Report): string {
  const cell = report.cells[report.headline.cell ?? -1];
  if (!cell) return '';
  const { domains } = report;
  return [
    cellName(report, cell),
    domains.length > 1
      ? `${domainName(report, null)} of ${counted(domains.length, 'domain')}`
      : domainName(report, 0),
  ].join(' · ');
}

/** Where the panels below show something else: what the answer stays with, and what holds for the domain that they show. */
export function elsewhereText({ report, cell, domain, curve }: Scope): string | null {
  const own = report.cells[report.headline.cell ?? -1];
  if (!own || (domain === null && own === cell)) return null;
  const shown = [
    ...(own === cell ? [] : [cellName(report, cell)]),
    ...(domain === null ? [] : [domainName(report, domain)]),
  ].join(' · ');
  const alone = domain === null ? '' : aloneText(shown, curve?.recommended_k ?? null);
  return `This answer stays that of ${aboutText(report)}; the panels below show ${shown}.${alone}`;
}

function aloneText(
  shown: string,
  k: { readonly k: number; readonly low: number | null; readonly high: number | null } | null,
): string {
  if (k === null) return '';
  if (k.k === 0) return ` For ${shown} alone, no merge beats the base.`;
  const { low, high } = k;
  const range =
    low === null && high === null
      ? ''
      : low === high
        ? `, 95%: ${k.k} alone`
        : `, 95%: ${interval([low, high], 0)}`;
  return ` For ${shown} alone, k = ${k.k} is recommended${range}.`;
}
