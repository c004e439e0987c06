/** What each donor does for each domain, as a table to be coloured: rows are donors, columns domains. */
import type { CellStudy } from '../../../../core/report/study/study.ts';
import type { SynergyEntry, SynergyMatrix } from '../../../../core/selection/synergy-matrix.ts';
import type { CsvTable } from '../../../../words/csv.ts';
import { gainsOfOthers } from '../../../../words/donor-gains.ts';
import { interval } from '../../../../words/estimates.ts';
import { count, counted, NONE, signed } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { type Scope, studyOf } from '../../state/view.ts';

/** `others`: of domains from others, as sentences say it. */
export type Matrix = 'others' | 'adjusted' | 'plain' | 'first' | 'without_own';

/** In the order of the list; each says what the numbers are. */
export const MATRICES: readonly { readonly value: Matrix; readonly label: string; readonly note: string }[] =
  [
    {
      value: 'others',
      label: "Beside the domain's own expert",
      note: "How much more the loss falls when this expert joins a merge with the domain's own expert than when the average of the other donors does, at the same k. Sentences speak of these gains.",
    },
    {
      value: 'adjusted',
      label: 'Against the average donor',
      note: 'How much more the loss falls when this expert joins a merge than when the average expert does, at the same k.',
    },
    {
      value: 'plain',
      label: 'Plain, as published',
      note: 'How much the loss falls when this expert joins a merge. Most of it is the step itself, whoever joins.',
    },
    {
      value: 'first',
      label: 'First step, from the base',
      note: 'As against the average donor, for the step from the base alone.',
    },
    {
      value: 'without_own',
      label: "Without the domain's own expert",
      note: "Against the average of the other donors, over merges that lack the domain's own expert.",
    },
  ];

export interface SynergyCell {
  readonly text: string;
  /** −4..4: how strong, against the strongest gain to a domain of others; 0 where the sign is not sure. */
  readonly heat: number;
  /** Sure that it is not zero, with false discoveries held below 5% over the whole table. */
  readonly sure: boolean;
  readonly own: boolean;
  readonly tip: string;
}

export interface SynergyTable {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly donor: string; readonly cells: readonly SynergyCell[] }[];
  readonly csv: CsvTable;
  /** How many are sure, and which blocks there are. */
  readonly summary: string;
}

/** Null where the sweep holds nothing to compare. */
export function synergyTable(scope: Scope, matrix: Matrix): SynergyTable | null {
  const { report } = scope;
  const study = studyOf(scope);
  if (!study) return null;
  const { synergy, blocks } = study;
  const entries: SynergyMatrix = matrix === 'others' ? gainsOfOthers(synergy) : synergy[matrix];
  const known = entries.flat().filter((entry) => entry !== null);
  if (known.length === 0) return null;
  // What an expert does for its own domain would outshine all else.
  const others = entries.flatMap((row, d) => row.filter((_, e) => synergy.own[e] !== d));
  const most = Math.max(1e-12, ...others.map((entry) => Math.abs(entry?.value ?? 0)));
  const donors = blocks?.donors.order ?? report.pool.map((_, d) => d);
  const domains = blocks?.receivers.order ?? report.domains.map((_, e) => e);
  const nameOf = (e: number) => plain(report.domains[e]?.name ?? '', 28);
  const rows = donors.map((d) => ({
    donor: plain(report.pool[d] ?? '', 28),
    cells: domains.map((e) => cellOf(entries[d]?.[e] ?? null, most, synergy.own[e] === d)),
  }));
  const sure = known.filter(({ discovered }) => discovered).length;
  return {
    columns: domains.map(nameOf),
    rows,
    csv: csvOf(report, entries),
    summary: `${count(sure)} of ${count(known.length)} gains in this table are surely not zero. ${blocksText(report.pool, blocks)}`,
  };
}

function cellOf(entry: SynergyEntry | null, most: number, own: boolean): SynergyCell {
  if (!entry) {
    const tip = own
      ? "The domain's own expert is in all of these merges, or in none."
      : 'No measured merges show it.';
    return { text: NONE, heat: 0, sure: false, own, tip };
  }
  const { value, low, high, q, discovered, comparisons } = entry;
  const strength = Math.min(4, Math.max(1, Math.round((4 * Math.abs(value)) / most)));
  const lines = [
    `${signed(value, 4)} nats per token${low === null && high === null ? '' : `, 95% ${interval([low, high], 4, signed)}`}`,
    q === null ? '' : `false-discovery rate ${q < 0.001 ? 'below 0.001' : q.toPrecision(2)}`,
    `${counted(comparisons, 'measured merge')} behind it`,
    own ? "the domain's own expert" : '',
  ];
  return {
    text: signed(value, 3),
    heat: discovered ? Math.sign(value) * strength : 0,
    sure: discovered,
    own,
    tip: lines.filter(Boolean).join('\n'),
  };
}

function blocksText(pool: readonly string[], blocks: CellStudy['blocks']): string {
  const found = blocks?.donors.blocks;
  if (!found) return 'Donors fall into no blocks beyond chance.';
  const names = found.map((block) => block.map((d) => plain(pool[d] ?? '', 28)).join(', '));
  return `Donors that help the same domains: ${names.join(' · ')}.`;
}

function csvOf(report: Scope['report'], entries: readonly (readonly (SynergyEntry | null)[])[]): CsvTable {
  return {
    columns: ['donor', 'domain', 'gain', 'low', 'high', 'p', 'q', 'discovered', 'comparisons'],
    rows: entries.flatMap((row, d) =>
      row.map((entry, e) => [
        report.pool[d] ?? '',
        report.domains[e]?.name ?? '',
        entry?.value ?? null,
        entry?.low ?? null,
        entry?.high ?? null,
        entry?.p ?? null,
        entry?.q ?? null,
        entry?.discovered ? 'yes' : 'no',
        entry?.comparisons ?? null,
      ]),
    ),
  };
}
