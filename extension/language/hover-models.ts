import type { Cell, Report, ReportSize } from '../../core/report/report.ts';
import { expertSentences } from '../../core/report/study/expert-sentences.ts';
import type { PreparedModel } from '../../core/store/format.ts';
import { cellName, isDeclared } from '../../words/cell-name.ts';
import { estimated } from '../../words/estimates.ts';
import { goalsRemark } from '../../words/goals.ts';
import { count, counted, loss, signed } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import { cosineText, normText, shareText } from '../../words/task-vectors.ts';
import { bytes, countedParameters } from '../../words/units.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { escapeMarkdown, markdownTable } from './markdown.ts';
import { headlineCell, headlineStudy } from './report-cells.ts';

/** What an expert brings, what it is, and how good it is unmerged. */
export function hoverOfExpert(edited: EditedExperiment, name: string): readonly (string | null)[] {
  const { experiment, state } = edited;
  const isKnown = experiment?.pool.includes(name) || state?.report?.pool.includes(name);
  if (!isKnown) return [];
  const report = state?.report ?? null;
  return [
    `**${escapeMarkdown(name)}** · expert${report && isChosen(report, name) ? ' · in the recommended subset' : ''}`,
    report && (attributionText(report, name) ?? (goalsRemark(report, name) || null)),
    report && studyText(report, name),
    modelsText(edited, (size) => `${size}/expert/${name}`),
    report && vectorsText(report, name, !state?.prepared),
    report && unmergedText(report, name),
  ];
}

/** What would follow from its going or coming, whom it helps, and what a pool without it lacks. */
function studyText(report: Report, name: string): string | null {
  const study = headlineStudy(report);
  const index = report.pool.indexOf(name);
  const sentences = study && index >= 0 ? expertSentences(study, report, index) : [];
  return sentences.length === 0 ? null : sentences.map((each) => escapeMarkdown(each, 400)).join('  \n');
}

/** @param size null where the file has a single base */
export function hoverOfBase(edited: EditedExperiment, size: string | null): string | null {
  const report = edited.state?.report ?? null;
  const models = modelsText(edited, (name) => `${name}/base`, size);
  const of = report?.sizes.find(({ name, declared }) => (size === null ? !declared : name === size));
  const loss = of?.base ? `Loss ${escapeMarkdown(estimated(of.base.objective))} nats per token` : null;
  const parts = [models, loss].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join('\n\n');
}

function isChosen({ headline }: Report, name: string): boolean {
  return headline.subset?.includes(name) ?? false;
}

/** Its effect under each method of the size that the headline answers for. */
function attributionText(report: Report, name: string): string | null {
  const index = report.pool.indexOf(name);
  const own = headlineCell(report);
  const cells = report.cells.filter(({ size }) => size === own?.size);
  const rows = cells.flatMap((cell): string[][] => {
    const found = cell.selection?.attribution[index];
    if (!found) return [];
    const effect = escapeMarkdown(estimated(found.effect, signed));
    return [[escapeMarkdown(cellName(report, cell)), effect, count(found.comparisons)]];
  });
  const [first] = rows;
  if (!first) return null;
  const meaning = 'Change of the loss when it is added, against the average expert';
  if (rows.length > 1) return `${meaning}:\n\n${markdownTable(['method', 'effect', 'comparisons'], rows)}`;
  return `${meaning}: **${first[1]}**, over ${counted(Number(attributionCount(cells, index)), 'merge')} with it`;
}

function attributionCount(cells: readonly Cell[], index: number): number {
  const found = cells.flatMap(({ selection }) => selection?.attribution[index] ?? []);
  return found[0]?.comparisons ?? 0;
}

/** What its files are, for each size that has it. */
function modelsText(
  { experiment, state }: EditedExperiment,
  id: (size: string) => string,
  only: string | null = null,
): string | null {
  const models = state?.prepared?.models;
  if (!experiment || !models) return null;
  const lines = experiment.sizes.flatMap(({ name: size }): string[] => {
    const model = Object.hasOwn(models, id(size)) ? models[id(size)] : undefined;
    if (!model || (only !== null && size !== only)) return [];
    const prefix = experiment.sizes.length > 1 ? `**${escapeMarkdown(size)}** · ` : '';
    return [prefix + modelText(model)];
  });
  return lines.length === 0 ? null : lines.join('  \n');
}

function modelText(model: PreparedModel): string {
  const facts = [
    model.distance === null ? '' : `distance ‖v‖/‖θ0‖ ${model.distance.toPrecision(3)}`,
    model.kind === 'adapter' ? 'LoRA adapter' : '',
    countedParameters(model.parameters),
    model.dtype,
    bytes(model.bytes),
    model.architecture,
  ];
  const said = facts.filter(Boolean).map((fact) => escapeMarkdown(fact));
  return [...said, `fingerprint \`${model.fingerprint.slice(0, 12).replace(/[^0-9a-f]/g, '')}\``].join(' · ');
}

/** At each size how its task vector lies to the others; its length only where the models' own line does not say it. */
function vectorsText(report: Report, name: string, withNorm: boolean): string | null {
  const index = report.pool.indexOf(name);
  const lines = report.sizes.flatMap(({ name: size, declared, geometry }): string[] => {
    const own = geometry?.experts[index];
    if (!own) return [];
    const { norm, zeros, conflict, closest } = own;
    const facts = [
      withNorm ? `‖v‖/‖θ0‖ ${normText(norm)}` : '',
      zeros > 0 ? `${shareText(zeros)} zeros` : '',
      conflict === null ? '' : `opposite signs ${shareText(conflict)}`,
      closest
        ? `closest ${plain(report.pool[closest.expert] ?? '', 40)}, cosine ${cosineText(closest.cosine)}`
        : '',
    ];
    const of = declared ? `**${escapeMarkdown(size)}** · ` : '';
    return [`${of}task vector: ${escapeMarkdown(facts.filter(Boolean).join(' · '), 200)}`];
  });
  return lines.length === 0 ? null : lines.join('  \n');
}

function unmergedText(report: Report, name: string): string | null {
  const index = report.pool.indexOf(name);
  const own = headlineCell(report)?.size;
  const sizes = report.sizes.filter(
    (size) => size.experts[index] && (own === undefined || size.name === own),
  );
  const [size] = sizes;
  const unmerged = size?.experts[index];
  if (!size || !unmerged) return null;
  const where = isDeclared(report, size.name) ? ` at size ${escapeMarkdown(size.name)}` : '';
  const title = `Unmerged${where}: loss ${escapeMarkdown(estimated(unmerged.objective))}`;
  return `${title}\n\n${domainTable(report, size, unmerged.domains)}`;
}

const MOST_ROWS = 20;

function domainTable(report: Report, size: ReportSize, losses: readonly number[]): string {
  const rows = report.domains.slice(0, MOST_ROWS).map(({ name }, d) => {
    const base = size.base?.domains[d];
    const unmerged = losses[d];
    return [
      escapeMarkdown(name, 40),
      base === undefined ? '' : loss(base),
      unmerged === undefined ? '' : loss(unmerged),
    ];
  });
  const left = report.domains.length - rows.length;
  const table = markdownTable(['domain', 'base', 'unmerged'], rows);
  return left > 0 ? `${table}\n\nand ${left} more` : table;
}
