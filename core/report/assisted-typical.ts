/** The typical curve of a sweep that ends by precision: by difference from a surrogate, not by plain means. */
import type { Problem } from '../problem.ts';
import { type Losses, meanLosses } from '../selection/measured.ts';
import type { SubsetError } from '../selection/subset-error.ts';
import type { TypicalPoint } from '../selection/typical.ts';
import { assistedCurve, drawnOf } from '../surrogate/assisted-curve.ts';
import type { LossWeights } from '../surrogate/assisted-form.ts';
import type { Context, Unscored } from './context.ts';
import { type CurveSource, curveSubsetError } from './curves.ts';
import type { PrecisionDraw } from './precision-draw.ts';
import type { Typical } from './report.ts';

/** By k, for sizes that are not measured in full. */
export type AssistedLosses = ReadonlyMap<number, Pick<TypicalPoint, 'losses' | 'terms' | 'leftOut'>>;

export interface AssistedTypical {
  readonly byK: AssistedLosses;
  /** Names those that it rests on. */
  readonly subsets: string;
  /** Why there are none; null also before the first look. */
  readonly problem: Problem | null;
}

/** Made anew at each look of the schedule only. */
export class AssistedMaker {
  readonly #kept = new Map<string, { readonly signature: string; readonly made: AssistedTypical }>();

  forget(): void {
    this.#kept.clear();
  }

  typical(context: Context, name: string, draw: PrecisionDraw, { base }: Unscored): AssistedTypical {
    const drawn = drawnOf(draw.state);
    if (!drawn) return { byK: new Map(), subsets: '', problem: null };
    const subsets = JSON.stringify([...drawn.values()]);
    const { plan, experiment } = context.whole;
    const { interval } = experiment.goals;
    const signature = JSON.stringify([plan.id, [...context.weights], interval, subsets]);
    const known = this.#kept.get(name);
    if (known?.signature === signature) return known.made;
    const made = { ...assistedTypical(context, draw, base), subsets };
    this.#kept.set(name, { signature, made });
    return made;
  }
}

function assistedTypical(
  { samples }: Context,
  { state, rows }: PrecisionDraw,
  base: Losses | null,
): Omit<AssistedTypical, 'subsets'> {
  const curve = assistedCurve(state);
  if (curve.kind === 'plain') return { byK: new Map(), problem: curve.problem };
  const places = new Map(state.measured.map((merge, i) => [merge, rows[i] as Losses]));
  const own = [...curve.merges.map((merge) => places.get(merge) as Losses), ...(base ? [base] : [])];
  const byK = curve.forms.map(({ k, mean, terms, leftOut }) => {
    const made = {
      losses: meanLosses(own, [...mean.merges, mean.base], samples),
      terms: terms.map((term) => domainsOf(term, own)),
    };
    const without = leftOut.map((form) => form && domainsOf(form, own));
    return [k, without.length > 0 ? { ...made, leftOut: without } : made] as const;
  });
  return { byK: new Map(byK), problem: null };
}

/** Shape (D): nats per token. */
function domainsOf({ merges, base }: LossWeights, rows: readonly Losses[]): Float64Array {
  const domains = new Float64Array(rows[0]?.domains.length ?? 0);
  for (const [i, row] of rows.entries()) {
    const weight = merges[i] ?? base;
    for (let d = 0; d < domains.length; d++)
      domains[d] = (domains[d] as number) + weight * (row.domains[d] as number);
  }
  return domains;
}

/** Points that are measured in full are known without it. */
export function withAssistance(
  points: readonly TypicalPoint[],
  assisted: AssistedTypical | null,
): readonly TypicalPoint[] {
  if (!assisted || assisted.byK.size === 0) return points;
  return points.map((point) => (point.exhaustive ? point : { ...point, ...assisted.byK.get(point.k) }));
}

/** What is said of the curve's means: how much narrower they are than plain ones, under these weights. */
export function typicalOf(
  context: Context,
  source: CurveSource,
  plain: readonly TypicalPoint[],
  assisted: AssistedTypical | null,
): Typical {
  const inner = source.points.flatMap(({ terms }, at) => (terms ? [at] : []));
  if (inner.length === 0) return { means: 'plain', problem: assisted?.problem ?? null };
  const [own, other] = [source.points, plain].map((points) =>
    errorAt(curveSubsetError(context, { ...source, points }, context.weights), inner),
  );
  return { means: 'assisted', narrower: own && other ? Math.sqrt(other / own) : null };
}

/** Sum of the variances there, nats². */
function errorAt(error: SubsetError | null, places: readonly number[]): number | null {
  if (!error) return null;
  return error.clusters.reduce((sum, u) => places.reduce((all, at) => all + (u[at] as number) ** 2, sum), 0);
}
