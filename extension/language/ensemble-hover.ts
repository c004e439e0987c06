/** What is said of a word of an ensemble's file: of a model, a domain, the answer or the limits. */
import type { Path } from '../../core/experiment/diagnostic.ts';
import type { EnsembleDocument } from '../../core/report/ensemble-document.ts';
import type { PreparedMember } from '../../core/store/ensemble/format.ts';
import { estimated } from '../../words/estimates.ts';
import { loss } from '../../words/numbers.ts';
import { copyText } from '../../words/relations.ts';
import { servedNames } from '../../words/to-serve.ts';
import { bytes, countedParameters, flops, parameters } from '../../words/units.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { ensembleSentences } from './ensemble-hints.ts';
import { escapeMarkdown, markdownTable } from './markdown.ts';

const MOST_ROWS = 20;

export function ensembleHover(edited: EditedExperiment, path: Path): readonly (string | null)[] {
  const [section, second, third] = path;
  const report = edited.state?.ensemble ?? null;
  switch (section) {
    case 'models':
      return second === undefined ? answer(report) : hoverOfModel(edited, String(second));
    case 'pool':
      return report?.goal ? answer(report).slice(0, 1) : [];
    case 'evaluation':
      return report && second === 'domains' && third !== undefined ? domain(edited, report, path) : [];
    default:
      return [];
  }
}

function answer(report: EnsembleDocument | null): readonly string[] {
  return report
    ? [
        ensembleSentences(report)
          .map((each) => escapeMarkdown(each, 1000))
          .join('  \n'),
      ]
    : [];
}

function hoverOfModel(edited: EditedExperiment, name: string): readonly (string | null)[] {
  const declared = edited.ensemble?.models.get(name);
  if (!declared) return [];
  const report = edited.state?.ensemble ?? null;
  const score = report?.models.find((model) => model.name === name);
  const isServed = report ? servedNames(report).includes(name) : false;
  const merged = declared.merge_of ? ` · merge of ${declared.merge_of.length}` : '';
  const copy = declared.null_of === null ? merged : ` · ${escapeMarkdown(copyText(declared))}`;
  const left = report?.left_out.find(({ model }) => model === name);
  const member = edited.state?.members?.models[name];
  return [
    `**${escapeMarkdown(name)}** · model${copy}${isServed ? ' · to be served' : ''}`,
    member ? memberText(member, declared.family) : null,
    score ? `By itself **${escapeMarkdown(estimated(score.bits_per_byte))}** bits per byte` : null,
    score && report ? domainTable(report, score.domains) : null,
    left ? escapeMarkdown(left.message, 600) : null,
  ];
}

function memberText(member: PreparedMember, family: string | null): string {
  const { active_parameters: active } = member;
  const facts = [
    family ?? member.family,
    countedParameters(member.parameters),
    active < member.parameters ? `${parameters(active)} used per token` : '',
    member.dtype,
    bytes(member.bytes),
    `${flops(member.flops_per_token)} per token`,
    member.architecture,
  ];
  const said = facts.filter(Boolean).map((fact) => escapeMarkdown(fact));
  return [...said, `fingerprint \`${member.fingerprint.slice(0, 12).replace(/[^0-9a-f]/g, '')}\``].join(
    ' · ',
  );
}

function domainTable({ samples }: EnsembleDocument, losses: readonly (number | null)[]): string {
  const rows = samples.domains.slice(0, MOST_ROWS).map(({ name, used }, d) => {
    const value = losses[d] ?? null;
    return [escapeMarkdown(name, 40), value === null ? '' : loss(value), `${used}`];
  });
  const left = samples.domains.length - rows.length;
  const table = markdownTable(['domain', 'bits per byte', 'samples'], rows);
  return left > 0 ? `${table}\n\nand ${left} more` : table;
}

/** The best models of one domain. */
function domain(edited: EditedExperiment, report: EnsembleDocument, path: Path): readonly string[] {
  const range = edited.valueRange(path);
  const name = range ? edited.lines.slice(range).replace(/^(["'])(.*)\1$/, '$2') : '';
  const d = report.samples.domains.findIndex((one) => one.name === name);
  const own = report.samples.domains[d];
  if (!own) return [];
  const best = report.models
    .flatMap(({ name: model, domains }) => (domains[d] == null ? [] : [{ model, value: domains[d] }]))
    .sort((a, b) => a.value - b.value)
    .slice(0, 5);
  return [
    `**${escapeMarkdown(name)}** · ${own.used} samples, ${bytes(own.bytes)}${own.excluded > 0 ? `, ${own.excluded} left out for all` : ''}`,
    markdownTable(
      ['best models', 'bits per byte'],
      best.map(({ model, value }) => [escapeMarkdown(model, 40), loss(value)]),
    ),
  ];
}
