/** Plans of a store on disk. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { designOf } from '../core/design/design.ts';
import { isTuned } from '../core/design/step-design.ts';
import type { Experiment } from '../core/experiment/experiment.ts';
import { isLocalFolder } from '../core/experiment/local-folder.ts';
import { ProblemError } from '../core/problem.ts';
import type { Plan, PlanHeader, PlanId } from '../core/store/format.ts';
import { planMethod } from '../core/store/keys.ts';
import { declaredMethods } from '../core/store/method-scales.ts';
import { parsePlan } from '../core/store/plan-file.ts';
import { writeAtomically } from './write-atomically.ts';

const NAME = /^([0-9a-f]{64})\.jsonl$/;

function planFile(store: string, id: string): string {
  return path.join(store, 'plans', `${id}.jsonl`);
}

export function readPlan(store: string, id: PlanId): Plan {
  return parsePlan(id, readPlanText(store, id));
}

/** @throws ProblemError `plan_missing` */
export function readPlanText(store: string, id: PlanId): string {
  try {
    return readFileSync(planFile(store, id), 'utf8');
  } catch (cause) {
    throw new ProblemError(
      {
        code: 'plan_missing',
        message: `The plan ${id.slice(0, 12)} is not in the store.`,
        fix: 'Plan the experiment again; results that are there will be found.',
        file: planFile(store, id),
      },
      { cause },
    );
  }
}

/** Leaves a good file of that name alone: plans never change. A damaged one is written again. */
export function writePlan(store: string, plan: { readonly id: PlanId; readonly text: string }): void {
  const file = planFile(store, plan.id);
  if (existsSync(file) && readFileSync(file, 'utf8') === plan.text) return;
  writeAtomically(file, plan.text);
}

/** Ids of all plans, the newest first. */
export function planIds(store: string): readonly PlanId[] {
  const folder = path.join(store, 'plans');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const id = name.match(NAME)?.[1];
      return id === undefined ? [] : [{ id: id as PlanId, time: statSync(path.join(folder, name)).mtimeMs }];
    })
    .sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

/** The other plans whose merges are of the same models; ones that cannot be read have nothing to say. */
export function relatedPlans(store: string, plan: Plan): readonly Plan[] {
  const bases = new Set(Object.values(plan.header.sizes).map((size) => size.base.fingerprint));
  return planIds(store).flatMap((id) => {
    if (id === plan.id) return [];
    const other = readIfGood(store, id);
    const related =
      other && Object.values(other.header.sizes).some(({ base }) => bases.has(base.fingerprint));
    return related ? [other] : [];
  });
}

/**
 * For when the models of an experiment are not at hand (an imported archive, a folder that nobody trusts): of the plans
 * with its models, methods and data the one whose sweep is most like that of the experiment, the newest of several.
 */
export function findPlan(store: string, experiment: Experiment): Plan | null {
  const asked = sweptSubsets(experiment);
  let best: { readonly plan: Plan; readonly likeness: number } | null = null;
  for (const id of planIds(store)) {
    const plan = readIfGood(store, id);
    if (!plan || !answers(plan.header, experiment)) continue;
    const likeness = likenessOf(asked, plan);
    if (best === null || likeness > best.likeness) best = { plan, likeness };
    if (likeness === 2) break;
  }
  return best?.plan ?? null;
}

function sweptSubsets(experiment: Experiment): ReadonlySet<string> {
  const { pool, strata } = designOf(experiment);
  const subsets = [...strata.values()].flatMap((stratum) => stratum.subsets);
  return new Set(subsets.map(({ members }) => subsetName(members.map((member) => pool[member] ?? ''))));
}

/** How much of what is asked it holds, plus how little else: 2 where the sweeps are the same. */
function likenessOf(asked: ReadonlySet<string>, { header, lines }: Plan): number {
  const [size] = Object.keys(header.sizes);
  const planned = new Set<string>();
  for (const line of lines)
    if (line.size === size && line.method === 0 && line.purpose.includes('design'))
      planned.add(subsetName(line.subset));
  const both = [...planned].filter((name) => asked.has(name)).length;
  return both / Math.max(1, asked.size) + both / Math.max(1, asked.size + planned.size - both);
}

function subsetName(experts: readonly string[]): string {
  return JSON.stringify([...experts].sort());
}

/** Every plan of a store that can be read, the newest first. */
export function goodPlans(store: string): readonly Plan[] {
  return planIds(store).flatMap((id) => readIfGood(store, id) ?? []);
}

/** Lines of plans that are remembered: a plan never changes, and reading one is checking all of it. */
const MOST_LINES = 200_000;
const remembered = new Map<string, Plan>();

function readIfGood(store: string, id: PlanId): Plan | null {
  const file = planFile(store, id);
  const known = remembered.get(file);
  if (known) return known;
  try {
    const plan = readPlan(store, id);
    const lines = [...remembered.values()].reduce((sum, each) => sum + each.lines.length, plan.lines.length);
    if (lines > MOST_LINES) remembered.clear();
    remembered.set(file, plan);
    return plan;
  } catch {
    return null;
  }
}

function answers(header: PlanHeader, experiment: Experiment): boolean {
  const asked = {
    pool: experiment.pool,
    sizes: experiment.sizes.map((size) => size.name),
    methods: experiment.methods.map(planMethod),
    isTuned: experiment.methods.some(isTuned),
    domains: [...experiment.evaluation.domains.keys()],
    embeddings: experiment.embeddings,
  };
  const planned = {
    pool: header.pool,
    sizes: Object.keys(header.sizes),
    methods: declaredMethods(header),
    isTuned: header.declared !== undefined,
    domains: Object.keys(header.evaluations),
    embeddings: header.embeddings,
  };
  return JSON.stringify(asked) === JSON.stringify(planned) && sameModels(header, experiment);
}

/** Whether a plan's models have the names that the file gives them; a plan pins the commits of those from the hub. */
function sameModels(header: PlanHeader, { sizes }: Experiment): boolean {
  return sizes.every(({ name, base, experts }) => {
    const planned = header.sizes[name];
    return (
      planned !== undefined &&
      unpinned(planned.base.source) === unpinned(base) &&
      [...experts].every(
        ([expert, source]) => unpinned(planned.experts[expert]?.source ?? '') === unpinned(source),
      )
    );
  });
}

function unpinned(source: string): string {
  return isLocalFolder(source) ? source : source.replace(/@[^@/]*$/, '');
}
