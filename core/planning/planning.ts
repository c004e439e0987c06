/**
 * Grow the model or add an expert? The merging paper promises an answer and gives no cost model; this one is explicit.
 * An expert belongs to a size: at another size it is trained anew. So k experts of a size with N billion parameters cost
 * k·h·N GPU-hours (h: hours per expert and billion parameters), one more costs h·N, and what is served costs its weights
 * in memory, whatever k is.
 */
import type { Estimated } from '../selection/estimated.ts';
import { type Budget, isWithin } from './budget.ts';
import { type Margin, marginAt, type Place, type Saving } from './margin.ts';
import { planningSentences } from './sentences.ts';

/** One size as far as its losses are known. */
export interface PlannedSize {
  readonly name: string;
  readonly parameters: number;
  readonly memory_bytes: number;
  /** Ascending k; 0 is the base. */
  readonly losses: readonly PlannedLoss[];
}

export interface PlannedLoss {
  readonly k: number;
  /** Of the typical merge, nats. */
  readonly loss: Estimated;
  /** False where it is the law's. */
  readonly measured: boolean;
}

/** One place in the plane of sizes and k, and what it costs. */
export interface Option extends PlannedLoss {
  readonly size: string;
  readonly parameters: number;
  readonly memory_bytes: number;
  /** k·N, N in billions: what training costs, in units of h. */
  readonly expert_billions: number;
  /** h·k·N; null where h is not known. */
  readonly gpu_hours: number | null;
  /** Within everything that the budget limits. */
  readonly allowed: boolean;
}

export interface Planning {
  readonly budget: Budget;
  /** Sizes ascending, k ascending. */
  readonly options: readonly Option[];
  /** Indices of `options`. The lowest typical loss that the budget allows. */
  readonly best: number | null;
  /** The cheapest that reaches `target_loss` within the budget; the smaller model where the cost is the same. */
  readonly cheapest: number | null;
  /** Those that no other beats in both cost and loss, cheapest first. */
  readonly frontier: readonly number[];
  /** At the recommended k of each size, ascending. */
  readonly margins: readonly Margin[];
  /** All of that as people read it. */
  readonly sentences: readonly string[];
  /** Why a null above is null, by field name. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** @param places where each size stands: its recommended k */
export function makePlanning(
  sizes: readonly PlannedSize[],
  budget: Budget,
  places: readonly Place[],
  saving: Saving,
): Planning {
  const ascending = [...sizes].sort((a, b) => a.parameters - b.parameters);
  const options = ascending.flatMap((size) => size.losses.map((each) => optionOf(size, each, budget)));
  const within = options.flatMap(({ allowed }, index) => (allowed ? [index] : []));
  const nothing = whyNothing(options, within, budget);
  const { target_loss: target } = budget;
  const enough = within.filter((i) => target !== null && (options[i] as Option).loss.value <= target);
  const best = nothing === null ? lowest(options, within, () => []) : null;
  const cheapest =
    nothing === null
      ? lowest(options, enough, (option) => [option.expert_billions, option.parameters])
      : null;
  const reasons: Record<string, string> = {};
  if (nothing !== null) reasons['best'] = nothing;
  if (target === null) reasons['cheapest'] = 'no target_loss is given';
  else if (cheapest === null) reasons['cheapest'] = nothing ?? `nothing within the budget reaches ${target}`;
  const frontier = frontierOf(options);
  const order = new Map(ascending.map(({ name }, index) => [name, index]));
  const margins = places
    .toSorted((a, b) => (order.get(a.size) ?? 0) - (order.get(b.size) ?? 0))
    .map((at) => marginAt(ascending, budget, at, saving))
    .filter(({ expert, larger }) => expert !== null || larger !== null);
  const planning = { budget, options, best, cheapest, frontier, margins, reasons };
  return { ...planning, sentences: planningSentences(planning) };
}

/** Why no option can be named; null where one can. */
function whyNothing(options: readonly Option[], within: readonly number[], budget: Budget): string | null {
  if (options.length === 0) return 'no loss is known yet';
  if (budget.gpu_hours !== null && budget.hours_per_expert_per_billion === null)
    return 'gpu_hours limits nothing without hours_per_expert_per_billion';
  return within.length === 0 ? 'no size and number of experts is within the budget' : null;
}

function optionOf(
  { name, parameters, memory_bytes }: PlannedSize,
  loss: PlannedLoss,
  budget: Budget,
): Option {
  const h = budget.hours_per_expert_per_billion;
  const expert_billions = (loss.k * parameters) / 1e9;
  const cost = { parameters, memory_bytes, gpu_hours: h === null ? null : h * expert_billions };
  return { ...loss, size: name, ...cost, expert_billions, allowed: isWithin(budget, cost) };
}

/** Of the given indices the one whose numbers are smallest, compared one after another; then the lower loss. */
function lowest(
  options: readonly Option[],
  indices: readonly number[],
  by: (option: Option) => readonly number[],
): number | null {
  const keys = (index: number) => [...by(options[index] as Option), (options[index] as Option).loss.value];
  return indices.reduce<number | null>((a, b) => (a === null || isLess(keys(b), keys(a)) ? b : a), null);
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && (a[at] as number) < (b[at] as number);
}

function frontierOf(options: readonly Option[]): number[] {
  const order = options.map((_, index) => index);
  const cost = (index: number) => (options[index] as Option).expert_billions;
  const loss = (index: number) => (options[index] as Option).loss.value;
  order.sort((a, b) => cost(a) - cost(b) || loss(a) - loss(b));
  let least = Number.POSITIVE_INFINITY;
  return order.filter((index) => {
    const better = loss(index) < least;
    if (better) least = loss(index);
    return better;
  });
}

/** The same options under another budget. */
export function underBudget(planning: Planning, budget: Budget): Planning {
  const sizes = new Map<string, PlannedSize>();
  for (const { size: name, parameters, memory_bytes, k, loss, measured } of planning.options) {
    const losses = [...(sizes.get(name)?.losses ?? []), { k, loss, measured }];
    sizes.set(name, { name, parameters, memory_bytes, losses });
  }
  const saving: Saving = (from, to) => {
    const margin = planning.margins.find(({ size, k }) => size === from.size && k === from.k);
    const steps = [margin?.expert, margin?.larger];
    return steps.find((step) => step?.size === to.size && step.k === to.k)?.saves ?? null;
  };
  const places = planning.margins.map(({ size, k }) => ({ size, k }));
  return makePlanning([...sizes.values()], budget, places, saving);
}
