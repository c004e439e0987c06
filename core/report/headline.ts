import type { Experiment } from '../experiment/experiment.ts';
import { headlineSentence } from './headline-sentence.ts';
import type { Cell, Curve, Estimated, Headline, Precision, ReportSize } from './report.ts';

/** What the headline is made from. */
export interface HeadlineInput {
  readonly experiment: Experiment;
  readonly pool: readonly string[];
  readonly cells: readonly Cell[];
  readonly sizes: readonly ReportSize[];
  readonly precision: Precision | null;
}

/** The cell that the headline answers for: the asked or largest size, the asked method or the best ranked one. */
export function headlineCell({ experiment, cells, sizes }: HeadlineInput): number | null {
  const largest = sizes.reduce<ReportSize | null>(
    (a, b) => (a === null || b.parameters > a.parameters ? b : a),
    null,
  );
  const wanted = experiment.goals.size ?? largest?.name;
  const { method } = experiment.goals;
  const eligible = cells
    .map((cell, index) => ({ cell, index }))
    .filter(({ cell }) => cell.size === wanted && (method === null || cell.spec.method === method));
  const claiming = eligible.filter(({ cell }) => cell.claims_law);
  const order = (claiming.length > 0 ? claiming : eligible).sort(
    (a, b) => (a.cell.rank ?? Infinity) - (b.cell.rank ?? Infinity) || a.index - b.index,
  );
  return order[0]?.index ?? null;
}

/** Does any typical, and does any cross-fitted chosen subset beat the base? Null while that is not known. */
export interface AgainstBase {
  readonly typical: boolean;
  readonly chosen: boolean;
}

export function againstBase(cell: Cell, base: number | null): AgainstBase | null {
  const points = cell.curves[0]?.points ?? [];
  const chosen = cell.selection?.chosen ?? [];
  if (base === null || (points.length === 0 && chosen.length === 0)) return null;
  const chosenBeats = chosen.some(({ cross_fitted }) => cross_fitted.value < base);
  // Where a k is not measured, the rule asks the law; above 0 it found some curve below the base.
  const lawBeats = !chosenBeats && (cell.curves[0]?.recommended_k?.k ?? 0) > 0;
  return { typical: lawBeats || points.some(({ mean }) => mean < base), chosen: chosenBeats };
}

export function makeHeadline(input: HeadlineInput): Headline {
  const index = headlineCell(input);
  const cell = index === null ? undefined : input.cells[index];
  const curve = cell?.curves[0];
  const base = input.sizes.find(({ name }) => name === cell?.size)?.base?.objective ?? null;
  const against = cell ? againstBase(cell, base?.value ?? null) : null;
  const recommended = cell?.selection?.recommended ?? null;
  const recommendedK = curve?.recommended_k ?? null;
  const progress = cell?.progress ?? { done: 0, failed: 0, total: 0 };
  const isOver = progress.total > 0 && progress.done + progress.failed >= progress.total;
  const complete = isOver || input.precision?.stop === 'precise';
  const nothing = recommendedK === null && recommended === null;
  const headline = {
    state: complete ? 'complete' : nothing ? 'waiting' : 'partial',
    cell: index,
    recommended_k: recommendedK,
    rests_on: curve && recommendedK ? restsOn(curve, input) : null,
    subset: recommended ? recommended.members.map((d) => input.pool[d] as string) : null,
    loss: recommended?.cross_fitted ?? null,
    beats_base: against && (against.typical || against.chosen),
    next_expert: curve && recommendedK ? nextExpert(curve, recommendedK.k) : null,
  } as const;
  const { experiment, pool } = input;
  return { ...headline, sentence: headlineSentence({ experiment, pool, cell, base, against, headline }) };
}

function restsOn({ points }: Curve, { pool, experiment }: HeadlineInput): readonly number[] | null {
  const smallest = Math.max(1, experiment.goals.must_include.length);
  return points.length < pool.length - smallest + 1 ? points.map(({ k }) => k) : null;
}

/** What one more expert than recommended would buy on the typical curve. */
function nextExpert(curve: Curve, k: number): Estimated | null {
  const next = curve.marginal_gain?.find((gain) => gain.k === k);
  return next ? { value: next.gain, low: next.low, high: next.high } : null;
}
