/** How far a sweep that ends by precision has come in the order of its draw, for one size and method. */
import { designOf, type SubsetDesign } from '../design/design.ts';
import type { Members } from '../design/subsets.ts';
import { type Measured, objectiveOf } from '../selection/measured.ts';
import type { PlanLine, PlanMethod } from '../store/format.ts';
import type { CurveState } from '../surrogate/assisted-curve.ts';
import { SurrogateMemory } from '../surrogate/memory.ts';
import type { Context, Unscored } from './context.ts';
import type { CellMerges, Rows } from './merges.ts';
import { stepOf } from './study/predicted.ts';

export interface PrecisionDraw {
  readonly state: CurveState;
  /** Of `state.measured`, in its order. */
  readonly rows: readonly Measured[];
  /** Of the sweep itself: what was asked for beyond it counts for nothing here. */
  readonly lines: readonly PlanLine[];
  /** Members of merges that cannot be made. */
  readonly failed: readonly string[];
}

/** Of larger pools the jackknife over experts keeps to plain means, which vary more: a form for each expert and size costs too much. */
const LARGEST_LEFT_OUT = 16;

export class DrawMaker {
  readonly #memories = new Map<string, { readonly of: string; readonly memory: SurrogateMemory }>();
  #design: { readonly of: string; readonly design: SubsetDesign } | null = null;

  forget(): void {
    this.#memories.clear();
  }

  /** Of the whole pool, whatever the goals leave out; null where the sweep asks for no precision. */
  draw(
    context: Context,
    { size, method, spec }: { readonly size: string; readonly method: number; readonly spec: PlanMethod },
    swept: CellMerges,
    { base }: Unscored,
    rows: Rows,
  ): PrecisionDraw | null {
    const { experiment, plan } = context.whole;
    const asked = experiment.sweep.subsets;
    if (asked.kind !== 'precision') return null;
    const { pool } = plan.header;
    const lines = plan.lines.filter((line) => isSwept(line) && line.size === size && line.method === method);
    const name = (subset: readonly string[]) => membersOf(pool, subset).join();
    const failed = new Set(lines.filter(({ key }) => rows.failed(key)).map(({ subset }) => name(subset)));
    const planned = new Set(lines.map(({ subset }) => name(subset)));
    const isOpen = (members: Members) => planned.has(members.join()) && !failed.has(members.join());
    // Where the loss is no function of a sum of task vectors, the surrogate explains less, and the draw bounds the rest.
    const step = stepOf(spec) ?? ((k) => 1 / k);
    const complete = withEverySeed(swept);
    const state = {
      pool: pool.length,
      atMost: asked.at_most,
      order: orderOf(this.#designOf(context), pool.length, isOpen),
      step,
      measured: complete.map((row) => ({
        members: row.members,
        step: step(row.members.length),
        loss: objectiveOf(row, context.weights),
      })),
      base: base && objectiveOf(base, context.weights),
      seed: context.seed,
      leaveOneOut: experiment.goals.interval === 'population' && pool.length <= LARGEST_LEFT_OUT,
      memory: this.#memoryOf(context, `${size}/${method}`),
    };
    return { state, rows: complete, lines, failed: [...failed] };
  }

  /** Losses of a cell never change under the same weights. */
  #memoryOf({ whole: { plan }, weights }: Context, name: string): SurrogateMemory {
    const of = JSON.stringify([plan.id, [...weights]]);
    const known = this.#memories.get(name);
    if (known?.of === of) return known.memory;
    const memory = new SurrogateMemory();
    this.#memories.set(name, { of, memory });
    return memory;
  }

  #designOf({ whole: { experiment } }: Context): SubsetDesign {
    const of = JSON.stringify([experiment.pool, experiment.sweep]);
    if (this.#design?.of !== of) this.#design = { of, design: designOf(experiment) };
    return this.#design.design;
  }
}

function isSwept({ purpose }: PlanLine): boolean {
  return purpose.includes('anchor') || purpose.includes('design');
}

function membersOf(pool: readonly string[], subset: readonly string[]): number[] {
  return subset.map((expert) => pool.indexOf(expert)).sort((a, b) => a - b);
}

/** By size 1 < k < M, in the order of the draw. */
function orderOf(
  { strata }: SubsetDesign,
  pool: number,
  isOpen: (members: Members) => boolean,
): ReadonlyMap<number, readonly Members[]> {
  const inner = [...strata].filter(([k]) => k > 1 && k < pool);
  return new Map(inner.map(([k, { subsets }]) => [k, subsets.map(({ members }) => members).filter(isOpen)]));
}

function withEverySeed({ measured, points, seeds }: CellMerges): readonly Measured[] {
  if (seeds.length < 2) return measured;
  const there = new Map<string, number>();
  for (const { members } of points) there.set(members.join(), (there.get(members.join()) ?? 0) + 1);
  return measured.filter(({ members }) => there.get(members.join()) === seeds.length);
}
