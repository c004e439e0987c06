/**
 * Grow the model or add an expert? The merging paper promises an answer and gives no cost model; this one is explicit.
 * An expert belongs to a size: at another size it is trained anew. So k experts of a size with N billion parameters cost
 * k·h·N GPU-hours (h: hours per expert and billion parameters), one more costs h·N, and what is served costs its weights
 * in memory, whatever k is.
 */
import type { Estimated } from '../selection/estimated.ts';
import { planningSentences } from './sentences.ts';

/** What may be spent, and what is wanted; each null where the experiment does not say. */
export interface Budget {
  readonly gpu_hours: number | null;
  /** h */
  readonly hours_per_expert_per_billion: number | null;
  /** Parameters of the model that is served. */
  readonly max_parameters: number | null;
  /** Of its weights. */
  readonly memory_bytes: number | null;
  /** nats per token */
  readonly target_loss: number | null;
}

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

/** From one option to another. */
export interface Step {
  readonly size: string;
  readonly k: number;
  /** Loss that it saves, nats; paired over evaluation samples where both are measured. */
  readonly saves: Estimated;
  readonly expert_billions: number;
  readonly gpu_hours: number | null;
  /** Nats saved for each GPU-hour, or for each expert-billion where h is not known. */
  readonly per_cost: Estimated;
}

export interface Margin {
  readonly size: string;
  readonly k: number;
  /** One more expert of the same size; null at the end of the pool. */
  readonly expert: Step | null;
  /** As many experts, trained at the next larger size; null at the largest. */
  readonly larger: Step | null;
  /** Which saves more for its cost; null where their intervals overlap, or one is missing. */
  readonly better: 'expert' | 'larger' | null;
}

export interface Planning {
  readonly budget: Budget;
  /** Sizes ascending, k ascending. */
  readonly options: readonly Option[];
  /** Indices of `options`. The lowest loss that the budget allows. */
  readonly best: number | null;
  /** The cheapest that reaches `target_loss` within the budget; the smaller model where the cost is the same. */
  readonly cheapest: number | null;
  /** Those that no other beats in both cost and loss, cheapest first. */
  readonly frontier: readonly number[];
  readonly margin: Margin | null;
  /** All of that as people read it. */
  readonly sentences: readonly string[];
  /** Why a null above is null, by field name. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** Loss at the first place minus loss at the second, nats; null where it cannot be said. */
export type Saving = (
  from: Readonly<{ size: string; k: number }>,
  to: Readonly<{ size: string; k: number }>,
) => Estimated | null;

export const NO_BUDGET: Budget = {
  gpu_hours: null,
  hours_per_expert_per_billion: null,
  max_parameters: null,
  memory_bytes: null,
  target_loss: null,
};

/** @param at where the experiment stands: its size and the k to go on from */
export function makePlanning(
  sizes: readonly PlannedSize[],
  budget: Budget,
  at: { readonly size: string; readonly k: number } | null,
  saving: Saving,
): Planning {
  const ascending = [...sizes].sort((a, b) => a.parameters - b.parameters);
  const options = ascending.flatMap((size) => size.losses.map((each) => optionOf(size, each, budget)));
  const reasons: Record<string, string> = {};
  if (options.length === 0) reasons['best'] = 'no loss is known yet';
  else if (budget.gpu_hours !== null && budget.hours_per_expert_per_billion === null)
    reasons['best'] = 'gpu_hours limits nothing without hours_per_expert_per_billion';
  else if (!options.some(({ allowed }) => allowed))
    reasons['best'] = 'nothing that was measured is within the budget';
  const best = 'best' in reasons ? null : lowest(options, allowed(options), ({ loss }) => [loss.value]);
  const { target_loss: target } = budget;
  const enough = allowed(options).filter(
    (i) => target !== null && (options[i] as Option).loss.value <= target,
  );
  const cheapest = lowest(options, enough, ({ expert_billions, parameters }) => [
    expert_billions,
    parameters,
  ]);
  if (target === null) reasons['cheapest'] = 'no target_loss is given';
  else if (cheapest === null) reasons['cheapest'] = `nothing within the budget reaches ${target}`;
  const frontier = frontierOf(options);
  const margin = at && marginAt(ascending, budget, at, saving);
  const planning = { budget, options, best, cheapest, frontier, margin, reasons };
  return { ...planning, sentences: planningSentences(planning) };
}

function optionOf(
  { name, parameters, memory_bytes }: PlannedSize,
  loss: PlannedLoss,
  { gpu_hours: most, hours_per_expert_per_billion: h, max_parameters, memory_bytes: room }: Budget,
): Option {
  const expert_billions = (loss.k * parameters) / 1e9;
  const gpu_hours = h === null ? null : h * expert_billions;
  const fits =
    (most === null || gpu_hours === null || gpu_hours <= most) &&
    (max_parameters === null || parameters <= max_parameters) &&
    (room === null || memory_bytes <= room);
  return { ...loss, size: name, parameters, memory_bytes, expert_billions, gpu_hours, allowed: fits };
}

function allowed(options: readonly Option[]): number[] {
  return options.flatMap((option, index) => (option.allowed ? [index] : []));
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

function marginAt(
  sizes: readonly PlannedSize[],
  { hours_per_expert_per_billion: h }: Budget,
  at: { readonly size: string; readonly k: number },
  saving: Saving,
): Margin {
  const index = sizes.findIndex(({ name }) => name === at.size);
  const step = (size: PlannedSize | undefined, k: number, experts: number): Step | null => {
    if (!size?.losses.some((each) => each.k === k)) return null;
    const saves = saving(at, { size: size.name, k });
    const expert_billions = (experts * size.parameters) / 1e9;
    if (!saves || expert_billions === 0) return null;
    const gpu_hours = h === null ? null : h * expert_billions;
    return {
      size: size.name,
      k,
      saves,
      expert_billions,
      gpu_hours,
      per_cost: over(saves, gpu_hours ?? expert_billions),
    };
  };
  const expert = index < 0 ? null : step(sizes[index], at.k + 1, 1);
  const larger = index < 0 ? null : step(sizes[index + 1], at.k, at.k);
  return { ...at, expert, larger, better: betterOf(expert, larger) };
}

function over({ value, low, high }: Estimated, cost: number): Estimated {
  return {
    value: value / cost,
    low: low === null ? null : low / cost,
    high: high === null ? null : high / cost,
  };
}

/** Intervals that do not overlap: stricter than a test of the difference, whose two sides share their samples. */
function betterOf(expert: Step | null, larger: Step | null): Margin['better'] {
  if (!expert || !larger) return null;
  const surely = (a: Estimated, b: Estimated) => a.low !== null && b.high !== null && a.low > b.high;
  if (surely(expert.per_cost, larger.per_cost)) return 'expert';
  return surely(larger.per_cost, expert.per_cost) ? 'larger' : null;
}

/** The same options under another budget. */
export function underBudget(planning: Planning, budget: Budget): Planning {
  const sizes = new Map<string, PlannedSize>();
  for (const { size: name, parameters, memory_bytes, k, loss, measured } of planning.options) {
    const losses = [...(sizes.get(name)?.losses ?? []), { k, loss, measured }];
    sizes.set(name, { name, parameters, memory_bytes, losses });
  }
  const { margin } = planning;
  const steps = [margin?.expert, margin?.larger];
  const saving: Saving = (_, to) =>
    steps.find((step) => step?.size === to.size && step.k === to.k)?.saves ?? null;
  return makePlanning([...sizes.values()], budget, margin, saving);
}
