/** One more merge where the step length of a subset is best. */
import { lowestOf } from '../selection/parabola.ts';
import type { MergeKey, PlanLine } from '../store/format.ts';
import { scaleFamily } from '../store/method-scales.ts';
import { type KnownResults, mergeState } from '../store/progress.ts';
import { type ScaledMerge, withScaled } from './scaled-lines.ts';
import { isNear, roundedScale, unitScale } from './step-design.ts';
import type { Sweep } from './sweep.ts';

/**
 * The plan with a merge at the best scale of each tuned subset, or as it is while one of them lacks a merge that is to
 * show it. The best scale is that of the plain mean over the domains, whatever the goals weigh, since goals are no part
 * of a plan.
 */
export function verifySteps(plan: Sweep, results: KnownResults): Sweep {
  const stepped = plan.lines.filter(({ purpose }) => purpose.includes('step'));
  if (stepped.length === 0) return plan;
  const subsets = new Map<string, PlanLine[]>();
  const name = (line: PlanLine) => JSON.stringify([familyOf(plan, line), line.size, line.subset, line.seed]);
  for (const line of stepped) subsets.set(name(line), []);
  for (const line of plan.lines) subsets.get(name(line))?.push(line);
  const isWaiting = (line: PlanLine) => mergeState(plan, line, results) === 'missing';
  if (plan.lines.some((line) => (isBase(line) || subsets.has(name(line))) && isWaiting(line))) return plan;
  const merges = [...subsets.values()].flatMap((lines) => bestMerge(plan, lines, results) ?? []);
  return merges.length > 0 ? withScaled(plan, merges, 'verify', 'first') : plan;
}

function familyOf({ header }: Sweep, { method }: PlanLine): string | null {
  const spec = method === null ? undefined : header.methods[method];
  return spec ? scaleFamily(spec) : null;
}

/** Null where a merge lies at the best scale already, or the base does. */
function bestMerge(plan: Sweep, lines: readonly PlanLine[], results: KnownResults): ScaledMerge | null {
  const [line] = lines;
  const method = plan.header.methods[line?.method ?? -1];
  if (!line || !method) return null;
  const base = plan.lines.find((each) => each.size === line.size && isBase(each));
  const points = [
    ...(base ? [{ scale: 0, loss: macroLoss(plan, base.key, results) }] : []),
    ...lines.map(({ key, method: index }) => ({
      scale: scaleAt(plan, index),
      loss: macroLoss(plan, key, results),
    })),
  ]
    .flatMap(({ scale, loss }) => (loss === null ? [] : [{ scale, loss }]))
    .sort((a, b) => a.scale - b.scale);
  if (points.length < 3) return null;
  const scales = points.map(({ scale }) => scale);
  const lowest = lowestOf(
    scales,
    points.map(({ loss }) => loss),
  );
  const unit = unitScale(method, line.subset.length);
  if (scales.some((scale) => isNear(scale, lowest.at, unit))) return null;
  const scale = roundedScale(lowest.at, unit);
  return { size: line.size, subset: line.subset, seed: line.seed, method, scale };
}

/** Null where a domain has no finite loss. */
function macroLoss({ header }: Sweep, key: MergeKey, results: KnownResults): number | null {
  const evaluations = Object.values(header.evaluations);
  const losses = evaluations.flatMap((evaluation) => {
    const score = results.get(key, evaluation);
    return score ? [score.nll / score.tokens] : [];
  });
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  return losses.length === evaluations.length && Number.isFinite(mean) ? mean : null;
}

function isBase({ method, subset, reference }: PlanLine): boolean {
  return method === null && subset.length === 0 && reference === undefined;
}

function scaleAt({ header }: Sweep, index: number | null): number {
  const method = header.methods[index ?? -1];
  return method && 'scale' in method ? method.scale : 0;
}
