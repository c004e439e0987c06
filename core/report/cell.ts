import { objectiveOf } from '../selection/measured.ts';
import { only } from '../selection/samples.ts';
import { typicalPoints } from '../selection/typical.ts';
import type { MadeCell } from './against-best.ts';
import { withRequired } from './allowed.ts';
import { type AssistedTypical, typicalOf, withAssistance } from './assisted-typical.ts';
import type { Context, Unscored } from './context.ts';
import { type CurveSource, makeCurve } from './curves.ts';
import { mergeTable } from './merge-table.ts';
import type { CellMerges } from './merges.ts';
import { candidatesByK, makeSelection } from './select.ts';
import type { ScaledSubset } from './step-merges.ts';

/** One size and method: curves of the objective and of each domain, selection, and every complete merge. */
export function makeCell(
  context: Context,
  place: { readonly size: string; readonly method: number; readonly label: string },
  merges: CellMerges,
  unmerged: Unscored,
  scaled: readonly ScaledSubset[],
  permutations: readonly (readonly number[])[] | null,
  assisted: AssistedTypical | null,
): MadeCell {
  const { header } = context.input.plan;
  const spec = header.methods[place.method];
  const size = header.sizes[place.size];
  if (!spec || !size) throw new RangeError(`The plan has no method ${place.method} or size ${place.size}.`);
  const { required, samples } = context;
  const allowed = withRequired(merges.measured, required);
  const plain = typicalPoints(allowed, header.pool.length, samples, required.length);
  const source: CurveSource = {
    place,
    points: withAssistance(plain, assisted),
    measured: allowed,
    candidates: candidatesByK(allowed),
    base: unmerged.base,
    permutations,
    N: size.parameters / 1e9,
  };
  const { domains } = samples;
  const objective = makeCurve(context, source, null, context.weights);
  const byDomain = domains.map((domain, d) => makeCurve(context, source, domain, only(d, domains.length)));
  const curves = [objective, ...byDomain];
  const cell = {
    ...place,
    spec,
    seeds: merges.seeds,
    claims_law: spec.compatibility === 'none',
    progress: merges.progress,
    curves: curves.map(({ curve }) => curve),
    selection: makeSelection(context, source, objective.curve.recommended_k),
    merges: mergeTable(withRequired(merges.points, required)),
    typical: typicalOf(context, source, plain, assisted),
  };
  const data = curves.map((curve) => curve.data);
  return { cell, measured: merges.measured, allowed, assisted, data, scaled };
}

/** Loss of the typical merge at the recommended k (of the base at 0); null before there is one. */
export function lossAtRecommended(
  cell: MadeCell['cell'],
  context: Context,
  unmerged: Unscored,
): number | null {
  const curve = cell.curves[0];
  const k = curve?.recommended_k?.k;
  if (k === undefined) return null;
  if (k === 0) return unmerged.base && objectiveOf(unmerged.base, context.weights);
  const point = curve?.points.find((candidate) => candidate.k === k);
  return point?.mean ?? curve?.forecast.find((candidate) => candidate.k === k)?.loss ?? null;
}
