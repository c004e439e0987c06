/** What tuning the step length of a method gives, in the sentences of every surface. */
import type { Report } from '../core/report/report.ts';
import type { StepCurve, StepStudy, TunedPoint } from '../core/report/study/step-study.ts';
import type { FallOfCurve } from '../core/selection/tuned-curve.ts';
import { estimated } from './estimates.ts';
import { counted, loss, percent, signed } from './numbers.ts';
import { nameList, plain } from './plain.ts';

/** All that there is to say, in order. */
export function stepSentences(step: StepStudy, pool: number): readonly string[] {
  return [
    step.fall ? fallSentence(step.fall, pool) : '',
    scalesSentence(step.by_k),
    verifiedSentence(step),
  ].filter(Boolean);
}

/** A tuned subset, and by which method. */
export interface TunedBy {
  readonly label: string;
  readonly curve: StepCurve;
}

/** The subset of lowest loss at its best scale; null where no scale is better than that of the sweep. */
export function bestStep({ study, cells }: Report, size: string): TunedBy | null {
  const all = cells.flatMap((cell, i) =>
    cell.size === size
      ? (study?.cells[i]?.step?.subsets ?? []).map((curve) => ({ label: cell.label, curve }))
      : [],
  );
  const best = all.reduce<TunedBy | null>(
    (a, b) => (a && a.curve.loss.value <= b.curve.loss.value ? a : b),
    null,
  );
  return best && best.curve.gain.value > 0 ? best : null;
}

export function bestStepSentence({ label, curve }: TunedBy, pool: readonly string[]): string {
  const { members, scale, verified, loss: own, gain } = curve;
  const isAll = members.length === pool.length && pool.length > 1;
  const names = isAll ? `all ${pool.length} experts` : nameList(members.map((d) => pool[d] ?? '?'));
  const how = verified ? '' : ', read off a parabola';
  return `Most where ${names} ${members.length === 1 ? 'is' : 'are'} merged by ${plain(label)} at scale ${scaleText(scale.value)}: loss ${estimated(own)}, ${estimated(gain)} less than at the scale of the sweep${how}.`;
}

/** How much of the gain over k is more experts, and how much is step length. */
function fallSentence({ fall, experts, step, share }: FallOfCurve, pool: number): string {
  const ends = `from k = 1 to k = ${pool}`;
  if (fall.value <= 0)
    return `The typical loss does not fall ${ends}: it changes by ${estimated(negative(fall), signed)}, and with the best scale at each by ${estimated(negative(experts), signed)}.`;
  const start = `The typical loss falls by ${estimated(fall)} ${ends}`;
  if (step.value < 0)
    return `${start}; with the best scale at each it falls by ${estimated(experts)}: the fixed one hides ${estimated(negative(step))} of what more experts bring.`;
  const part = share === null ? '' : `, ${estimated(share, rounded)} of it`;
  return `${start}. With the best scale at each it falls by ${estimated(experts)}: that is what more experts bring; the rest, ${estimated(step)}${part}, is step length.`;
}

function rounded(share: number): string {
  return percent(Number(share.toFixed(2)));
}

function negative({ value, low, high }: FallOfCurve['fall']): FallOfCurve['fall'] {
  return { value: -value, low: high === null ? null : -high, high: low === null ? null : -low };
}

function scalesSentence(points: readonly TunedPoint[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return '';
  const at = ({ k, scale }: TunedPoint) => `${scaleText(scale)} at k = ${k}`;
  return first === last
    ? `The best scale is ${at(first)}.`
    : `The best scale is ${at(first)} and ${at(last)}, the mean over the subsets that were tuned.`;
}

/** Empty once every subset was merged where it is best. */
function verifiedSentence({ subsets, unverified, proposed }: StepStudy): string {
  if (unverified === 0) return '';
  const next = proposed === 0 ? '' : ' The next run merges there.';
  return `For ${unverified} of ${counted(subsets.length, 'subset')} the best scale is read off a parabola, with no merge near it yet.${next}`;
}

/** In the digits that a loss can tell. */
export function scaleText(scale: number): string {
  return loss(scale, scale < 0.2 ? 3 : 2);
}
