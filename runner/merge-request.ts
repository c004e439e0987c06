/** Which merged model is meant when somebody asks for one, as the document that the agent's `merge` reads. */
import path from 'node:path';
import type { Experiment } from '../core/experiment/experiment.ts';
import { ProblemError } from '../core/problem.ts';
import { methodLabels } from '../core/report/labels.ts';
import { MERGE_RECORD, mergeRecord } from '../core/report/merge-record.ts';
import { findMerge } from '../core/report/merge-table.ts';
import { type MergeChoice, mergekitYaml } from '../core/report/mergekit.ts';
import { modelCard } from '../core/report/model-card.ts';
import type { Report } from '../core/report/report.ts';
import { measuredWeightsOf } from '../core/report/study/merge-weights.ts';
import { scaledMerges, tunedMerge } from '../core/report/tuned-merge.ts';
import type { Prepared } from '../core/store/format.ts';
import { isRandom } from '../core/store/keys.ts';
import { declaredIndex, declaredMethods, scalesOf } from '../core/store/method-scales.ts';
import type { PlanOutline } from './analysis-messages.ts';
import type { MergeOptions } from './session-types.ts';
import type { MergeDocument } from './target.ts';

export interface MergeContext {
  readonly experiment: Experiment;
  readonly plan: PlanOutline;
  readonly prepared: Prepared;
  readonly report: Report;
  /** Absolute folder of the experiment. */
  readonly root: string;
  readonly store: string;
}

/**
 * What the options say, else what `merge:` of the file says, else what the report recommends; by a tuned method at the best
 * of the scales that the subset was measured at.
 */
export function mergeRequest(
  context: MergeContext,
  options: MergeOptions,
): { readonly document: MergeDocument; readonly choice: MergeChoice } {
  const { plan, experiment, prepared, report, root, store } = context;
  const choice = chosen(context, options);
  const out =
    options.out ?? experiment.merge?.out ?? path.join('merged', choice.subset.join('-').slice(0, 80));
  const dtype = prepared.models[`${choice.size}/base`]?.dtype;
  const stored = dtype === 'mixed' ? undefined : dtype;
  const yaml = mergekitYaml(plan.header, choice, stored);
  const document = {
    store,
    plan: plan.id,
    size: choice.size,
    method: choice.weights === undefined ? choice.method : null,
    seed: choice.seed,
    ...(choice.weights === undefined
      ? { subset: choice.subset }
      : { weights: Object.fromEntries(choice.weights) }),
    out: path.resolve(root, expandHome(out)),
    files: {
      'README.md': modelCard(plan, report, choice, stored),
      ...(yaml === null ? {} : { 'mergekit.yaml': yaml }),
      [MERGE_RECORD]: mergeRecord(plan.header, choice),
    },
  };
  return { document, choice };
}

/** What is known of the merge that a choice means: the label of its method, null with weights, and its measured loss. */
export function writtenMerge(
  { plan, report }: Pick<MergeContext, 'plan' | 'report'>,
  choice: MergeChoice,
): { readonly method: string | null; readonly loss: number | null } {
  const { size, subset, weights, seed } = choice;
  if (weights) return { method: null, loss: measuredWeightsOf(report, size, weights)?.loss.value ?? null };
  const declared = declaredIndex(plan.header, choice.method);
  const cell = report.cells.find((candidate) => candidate.size === size && candidate.method === declared);
  const label = cell?.label ?? null;
  if (declared !== choice.method) {
    const own = scaledMerges(plan.header, report, choice).find(({ method }) => method === choice.method);
    const spec = plan.header.methods[choice.method];
    const scale = spec && 'scale' in spec ? spec.scale : '';
    return { method: `${label} at scale ${scale}`, loss: own?.loss ?? null };
  }
  const members = subset.map((expert) => report.pool.indexOf(expert)).sort((a, b) => a - b);
  const at = cell ? findMerge(cell.merges, members, seed) : null;
  return { method: label, loss: at === null ? null : (cell?.merges.objective[at] ?? null) };
}

function chosen(context: MergeContext, options: MergeOptions): MergeChoice {
  const { plan, experiment, report } = context;
  const written = experiment.merge;
  const headline = report.headline.cell === null ? undefined : report.cells[report.headline.cell];
  const size =
    options.size ?? written?.size ?? headline?.size ?? Object.keys(plan.header.sizes).at(-1) ?? 'default';
  const named = options.method ?? written?.method;
  const method = named === undefined || named === null ? (headline?.method ?? 0) : methodIndex(plan, named);
  if (!Object.hasOwn(plan.header.sizes, size)) throw unknown('size', size, Object.keys(plan.header.sizes));
  const byMethod = options.subset !== undefined || options.scale !== undefined;
  const weights = weightsOf(byMethod ? null : (options.weights ?? written?.weights ?? null));
  const asked = options.subset ?? (weights ? [...weights.keys()] : (written?.subset ?? null));
  const subset = asked === null ? recommended(context, size, method) : inPoolOrder(plan, asked);
  const spec = plan.header.methods[method] ?? null;
  const seed = isRandom(spec) && !weights ? (options.seed ?? firstSeed(experiment, method)) : null;
  if (weights) return { size, method, subset, seed, weights };
  if (options.scale !== undefined)
    return { size, method: methodAt(plan, method, options.scale), subset, seed };
  const tuned = tunedMerge(plan.header, report, { size, method, subset, seed });
  return { size, method: tuned?.method ?? method, subset, seed };
}

/** Those that are not zero. */
function weightsOf(given: ReadonlyMap<string, number> | null): ReadonlyMap<string, number> | null {
  if (!given) return null;
  const [stranger] = [...given].filter(([, weight]) => !Number.isFinite(weight));
  const weights = new Map([...given].filter(([, weight]) => weight !== 0));
  if (!stranger && weights.size > 0) return weights;
  throw new ProblemError({
    code: 'option_invalid',
    message: stranger
      ? `The weight of "${stranger[0]}" is not a number.`
      : 'All weights are zero: that is the base.',
    fix: 'Give each expert the multiple of its task vector: algebra=0.6,code=0.4.',
  });
}

/** By its label, which is unique, else by its kind. */
function methodIndex(plan: PlanOutline, name: string): number {
  const methods = declaredMethods(plan.header);
  const labels = methodLabels(methods);
  const byLabel = labels.indexOf(name);
  const index = byLabel >= 0 ? byLabel : methods.findIndex(({ method }) => method === name);
  if (index < 0) throw unknown('method', name, labels);
  return index;
}

/** The same method at another of the plan's scales. */
function methodAt(plan: PlanOutline, method: number, wanted: number): number {
  const spec = plan.header.methods[method];
  const scales = spec ? [...scalesOf(plan.header, spec)].sort(([, a], [, b]) => a - b) : [];
  const index = scales.find(([, scale]) => scale === wanted)?.[0];
  if (index !== undefined) return index;
  const known = scales.map(([, scale]) => `${scale}`);
  throw unknown('scale', `${wanted}`, known.length > 0 ? known : ['methods without one']);
}

function inPoolOrder(plan: PlanOutline, names: readonly string[]): readonly string[] {
  const stranger = names.find((name) => !plan.header.pool.includes(name));
  if (stranger !== undefined) throw unknown('expert', stranger, plan.header.pool);
  return plan.header.pool.filter((name) => names.includes(name));
}

function recommended({ report }: MergeContext, size: string, method: number): readonly string[] {
  const cell = report.cells.find((candidate) => candidate.size === size && candidate.method === method);
  const members = cell?.selection?.recommended?.members;
  if (members && members.length > 0) return members.map((index) => report.pool[index] ?? '');
  throw new ProblemError({
    code: 'nothing_recommended',
    message: `There is no subset to recommend: ${cell?.selection?.reason ?? 'nothing of it is measured yet.'}`,
    fix: 'Run the experiment first, or name the experts: merge-lab merge FILE --subset a,b,c.',
  });
}

function firstSeed({ methods }: Experiment, method: number): number {
  const spec = methods[method];
  return spec && 'seeds' in spec ? (spec.seeds[0] ?? 0) : 0;
}

function unknown(what: string, name: string, known: readonly string[]): ProblemError {
  return new ProblemError({
    code: 'option_invalid',
    message: `The experiment has no ${what} "${name}".`,
    fix: `It has: ${known.join(', ')}.`,
  });
}

/** `~` as shells read it. */
export function expandHome(folder: string): string {
  const home = process.env['HOME'] ?? process.env['USERPROFILE'];
  return home && (folder === '~' || folder.startsWith('~/')) ? path.join(home, folder.slice(1)) : folder;
}
