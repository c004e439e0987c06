import type { Cell, Curve, Report } from '../../core/report/report.ts';
import type { PreparedEvaluation } from '../../core/store/format.ts';
import { floorText } from '../../words/floor.ts';
import { count, loss } from '../../words/numbers.ts';
import { curveMarkdown } from './curve-drawing.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { escapeMarkdown, markdownTable } from './markdown.ts';
import { headlineCell } from './report-cells.ts';

/** What is scored in a domain, and how low its loss can get. */
export function hoverOfDomain(edited: EditedExperiment, name: string): string | null {
  const facts = factsOf(edited, name);
  if (!facts) return null;
  const { samples, scored_tokens, truncated, excluded, base, curve } = facts;
  const data = [
    `${count(samples)} samples`,
    `${count(scored_tokens)} scored tokens`,
    `${count(truncated)} cut at max_length`,
    excluded > 0 ? `${count(excluded)} left out` : '',
  ];
  const losses = [
    base === null ? '' : `base ${loss(base)}`,
    curve ? `floor ${floorText(curve) || 'not known'}` : '',
  ];
  return [
    `**${escapeMarkdown(name)}** · domain`,
    escapeMarkdown(data.filter(Boolean).join(' · '), 200),
    escapeMarkdown(losses.filter(Boolean).join(' · '), 200),
    curve && curveMarkdown(curve, base, 'Loss of the typical subset on this domain over k'),
  ]
    .filter((part) => part !== null && part !== '')
    .join('\n\n');
}

/** All domains of a pattern, in a table. */
export function hoverOfDomains(edited: EditedExperiment): string | null {
  const { state } = edited;
  const names =
    state?.report?.domains.map(({ name }) => name) ?? Object.keys(state?.prepared?.evaluations ?? {});
  const rows = names.slice(0, MOST_ROWS).flatMap((name): string[][] => {
    const facts = factsOf(edited, name);
    if (!facts) return [];
    const { samples, scored_tokens, truncated, base, curve } = facts;
    return [
      [
        escapeMarkdown(name, 40),
        count(samples),
        count(scored_tokens),
        count(truncated),
        base === null ? '' : loss(base),
        curve ? floorText(curve) || 'not known' : '',
      ],
    ];
  });
  if (rows.length === 0) return null;
  const table = markdownTable(['domain', 'samples', 'scored tokens', 'cut', 'base', 'floor'], rows);
  return rows.length < names.length ? `${table}\n\nand ${count(names.length - rows.length)} more` : table;
}

const MOST_ROWS = 30;

interface DomainFacts {
  readonly samples: number;
  readonly scored_tokens: number;
  readonly truncated: number;
  readonly excluded: number;
  readonly base: number | null;
  readonly curve: Curve | null;
}

function factsOf({ state }: EditedExperiment, name: string): DomainFacts | null {
  const report = state?.report ?? null;
  const index = report?.domains.findIndex((domain) => domain.name === name) ?? -1;
  const counts = report?.domains[index] ?? prepared(state?.prepared?.evaluations, name);
  if (!counts) return null;
  const cell = report && headlineCell(report);
  return { ...counts, base: baseLoss(report, cell, index), curve: curveOfDomain(cell, name) };
}

function prepared(
  evaluations: Readonly<Record<string, PreparedEvaluation>> | undefined,
  name: string,
): PreparedEvaluation | null {
  return evaluations && Object.hasOwn(evaluations, name) ? (evaluations[name] ?? null) : null;
}

function baseLoss(report: Report | null, cell: Cell | null, domain: number): number | null {
  const size = report?.sizes.find(({ name }) => name === cell?.size);
  return size?.base?.domains[domain] ?? null;
}

function curveOfDomain(cell: Cell | null, name: string): Curve | null {
  return cell?.curves.find(({ domain }) => domain === name) ?? null;
}
