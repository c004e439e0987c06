import type { PlanHeader } from '../store/format.ts';
import { declaredMethods, scalesOf } from '../store/method-scales.ts';
import type { MergeChoice } from './mergekit.ts';
import type { Report } from './report.ts';

/** A subset at one of the scales that it was measured at. */
export interface ScaledMerge {
  /** Index into the header's methods. */
  readonly method: number;
  readonly scale: number;
  /** The measured objective, nats per token. */
  readonly loss: number;
}

/**
 * The scales that a subset of a tuned method was measured at, ascending; none where the method's scale is fixed, and for a
 * subset that was not tuned.
 *
 * @param report a complete one
 * @param choice by any scale of the method
 */
export function scaledMerges(
  header: PlanHeader,
  report: Report,
  choice: MergeChoice,
): readonly ScaledMerge[] {
  const spec = header.methods[choice.method];
  if (!spec || choice.weights) return [];
  const scales = [...scalesOf(header, spec)];
  const isDeclared = choice.method < declaredMethods(header).length;
  const at = report.cells.findIndex(
    ({ size, method }, i) =>
      size === choice.size &&
      (isDeclared ? method === choice.method : scales.some(([index]) => index === method)) &&
      report.study?.cells[i]?.step,
  );
  const wanted = choice.subset.map((name) => report.pool.indexOf(name)).sort((a, b) => a - b);
  const curve = report.study?.cells[at]?.step?.subsets.find(
    ({ members }) => members.join() === wanted.join(),
  );
  return (curve?.merges ?? []).flatMap(({ scale, loss }) => {
    const method = scales.find(([, each]) => each === scale)?.[0];
    return method === undefined ? [] : [{ method, scale, loss }];
  });
}

/**
 * At which scale a subset of a tuned method is merged: the one of lowest measured loss. Null for a subset that was not
 * tuned, which is merged at the scale of the sweep, as it was measured.
 */
export function tunedMerge(header: PlanHeader, report: Report, choice: MergeChoice): ScaledMerge | null {
  return scaledMerges(header, report, choice).reduce<ScaledMerge | null>(
    (lowest, merge) => (lowest === null || merge.loss < lowest.loss ? merge : lowest),
    null,
  );
}
