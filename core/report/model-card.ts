import { stringify } from 'yaml';
import { isLocalFolder } from '../experiment/local-folder.ts';
import type { Plan, PlanHeader, PlanMethod, PlanSize } from '../store/format.ts';
import { declaredIndex, declaredMethods } from '../store/method-scales.ts';
import { methodLabels } from './labels.ts';
import { findMerge, mergeAt } from './merge-table.ts';
import { type MergeChoice, mergekitYaml } from './mergekit.ts';
import type { MergePoint, Report } from './report.ts';
import { measuredWeightsOf } from './study/merge-weights.ts';
import { scaledMerges } from './tuned-merge.ts';

/**
 * The README.md of a merged model: what it was merged from and how, what was measured, and mergekit's configuration
 * where there is an equivalent one. Losses come from the report; a merge that was not measured says so.
 */
export function modelCard(
  { header }: Pick<Plan, 'header'>,
  report: Report | null,
  choice: MergeChoice,
  outDtype?: string,
): string {
  const size = header.sizes[choice.size];
  const yaml = mergekitYaml(header, choice, outDtype);
  const frontMatter = stringify({
    library_name: 'transformers',
    ...parents(size, choice.subset),
    tags: ['merge', 'model-merge-lab'],
  });
  return [
    `---\n${frontMatter}---\n`,
    `# ${report?.name ?? 'A merge'}: ${choice.subset.join(' + ')}\n`,
    recipeSection(header, choice),
    measuredSection(header, report, choice, outDtype),
    yaml === null ? null : `## The same merge with mergekit\n\n\`\`\`yaml\n${yaml}\`\`\`\n`,
    'Made with Model Merge Lab.\n',
  ]
    .filter((section) => section !== null)
    .join('\n');
}

/** What the hub is to link to: nothing where the base is a folder, which it cannot know. */
function parents(size: PlanSize | undefined, subset: readonly string[]): { base_model?: string[] } {
  if (!size || isLocalFolder(size.base.source)) return {};
  const experts = subset.flatMap((name) => size.experts[name]?.source ?? []);
  return { base_model: [size.base.source, ...experts.filter((source) => !isLocalFolder(source))] };
}

function recipeSection(header: PlanHeader, choice: MergeChoice): string {
  const size = header.sizes[choice.size];
  const spec = header.methods[choice.method];
  const label = methodLabels(declaredMethods(header))[declaredIndex(header, choice.method)] ?? '';
  const parameters = Object.entries(spec ?? {})
    .filter(([name]) => name !== 'method')
    .map(([name, value]) => `${name} ${String(value)}`);
  if (choice.seed !== null) parameters.push(`seed ${choice.seed}`);
  const method = choice.weights
    ? 'Each task vector times its weight, added to the base'
    : `Method: ${label} (${parameters.join(', ')})`;
  const weights = weightsOf(choice, spec);
  const rows = choice.subset.map((name) => {
    const weight = weights?.get(name);
    const last = weight === undefined ? '' : ` ${Number(weight.toPrecision(6))} |`;
    return `| ${cell(name)} | ${cell(size?.experts[name]?.source ?? '')} |${last}`;
  });
  return [
    '## Recipe\n',
    `Base: ${cell(size?.base.source ?? '')}. ${method}, accumulated in float32.\n`,
    weights ? '| expert | source | weight |\n|---|---|---|' : '| expert | source |\n|---|---|',
    `${rows.join('\n')}\n`,
  ].join('\n');
}

/** What each task vector is multiplied by; null where that differs from entry to entry. */
function weightsOf(
  { subset, weights }: MergeChoice,
  spec: PlanMethod | undefined,
): ReadonlyMap<string, number> | null {
  if (weights) return weights;
  const k = subset.length;
  const all = (weight: number) => new Map(subset.map((name) => [name, weight]));
  if (spec?.method === 'average') return all(1 / k);
  if (spec?.method !== 'task_arithmetic' || typeof spec.scale !== 'number') return null;
  return all(spec.normalize ? spec.scale / k : spec.scale);
}

function measuredSection(
  header: PlanHeader,
  report: Report | null,
  choice: MergeChoice,
  outDtype: string | undefined,
): string {
  const merge = report && measuredMerge(report, choice);
  const size = report?.sizes.find(({ name }) => name === choice.size);
  const rounding = roundingSentence(header.dtype, outDtype);
  const scales = report && !merge ? scaledMerges(header, report, choice) : [];
  const own = scales.find(({ method }) => method === choice.method);
  if (own) {
    const fixed = scales.find(({ method }) => method === declaredIndex(header, choice.method));
    return scaledSection(size?.base?.objective.value, fixed?.loss, own.loss, rounding);
  }
  if (!report || !merge) return '## Measured\n\nThis merge itself was not measured.\n';
  const rows = report.domains.map(
    ({ name, scored_tokens }, d) =>
      `| ${cell(name)} | ${scored_tokens} | ${loss(size?.base?.domains[d])} | ${loss(merge.domains[d])} |`,
  );
  return [
    '## Measured\n',
    `Cross-entropy on held-out answers, nats per token.${rounding}\n`,
    '| domain | scored tokens | base | this merge |\n|---|---|---|---|',
    `${rows.join('\n')}`,
    `| **mean, as weighted** | | ${loss(size?.base?.objective.value)} | ${loss(merge.objective)} |\n`,
    CHOSEN_ON_THEM,
  ].join('\n');
}

const CHOSEN_ON_THEM = 'What was chosen on these very samples looks slightly better on them than it is.\n';

function scaledSection(base?: number, fixed?: number, own?: number, rounding = ''): string {
  return [
    '## Measured\n',
    `Cross-entropy on held-out answers, nats per token, the mean as weighted.${rounding}\n`,
    '| base | at the scale of the sweep | this merge |\n|---|---|---|',
    `| ${loss(base)} | ${loss(fixed)} | ${loss(own)} |\n`,
    CHOSEN_ON_THEM,
  ].join('\n');
}

/** The written tensors may be coarser, or finer, than what was scored. */
function roundingSentence(scored: string, written: string | undefined): string {
  if (written === undefined || written === scored) return '';
  const rounded =
    written === 'float32'
      ? '; these files hold all of it.'
      : ` before it was rounded to ${written} for these files.`;
  return ` Measured in ${scored}, on the float32 merge${rounded}`;
}

function measuredMerge(
  report: Report,
  choice: MergeChoice,
): Pick<MergePoint, 'objective' | 'domains'> | undefined {
  if (choice.weights) {
    const own = measuredWeightsOf(report, choice.size, choice.weights);
    return own ? { objective: own.loss.value, domains: own.domains } : undefined;
  }
  const members = choice.subset.map((name) => report.pool.indexOf(name)).sort((a, b) => a - b);
  const cellOf = report.cells.find(({ size, method }) => size === choice.size && method === choice.method);
  const found = cellOf && findMerge(cellOf.merges, members, choice.seed);
  return cellOf && found !== null && found !== undefined ? mergeAt(cellOf.merges, found) : undefined;
}

/** Text of a table cell: a name may hold what Markdown would read. */
function cell(text: string): string {
  return text.replace(/[|\r\n]/g, ' ');
}

function loss(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(4);
}
