/** Where merging is better than ensembling, and where the samples do not tell, in plain words. */
import { estimated } from '../../words/estimates.ts';
import { loss, signed } from '../../words/numbers.ts';
import { bytes, flops } from '../../words/units.ts';
import type { Estimated } from '../selection/estimated.ts';
import type { PoolKind, ServingAxis, ServingStep } from './serving.ts';

export function servingSentence(steps: readonly ServingStep[], axis: ServingAxis): string {
  if (!steps.some(({ against_oracle }) => against_oracle))
    return 'There is nothing to compare: merges and pools are both needed.';
  const parts = [
    describe(steps, axis, 'mixture', 'its mixture'),
    describe(steps, axis, 'oracle', 'its oracle, which knows the best model of each sample'),
  ];
  return parts.join(' ');
}

type Side = 'merge' | 'ensemble' | 'unsure';

/** A step at which both can be had. */
interface Both {
  readonly cost: number;
  readonly merge: number;
  readonly pool: number;
  readonly difference: Estimated;
}

function describe(steps: readonly ServingStep[], axis: ServingAxis, kind: PoolKind, name: string): string {
  const spans: { readonly side: Side; readonly from: Both }[] = [];
  for (const step of steps) {
    const from = bothAt(step, kind);
    if (from && spans.at(-1)?.side !== sideOf(from)) spans.push({ side: sideOf(from), from });
  }
  const said = spans.map(({ side, from }) => `from ${costText(from.cost, axis)} on ${words(side, from)}`);
  return `Merging against the ensemble with ${name}, in bits per byte: ${said.join('; ')}.`;
}

function bothAt({ cost, merge, ...step }: ServingStep, kind: PoolKind): Both | null {
  const [pool, difference] = [step[kind], step[`against_${kind}`]];
  return merge === null || pool === null || !difference ? null : { cost, merge, pool, difference };
}

/** By the interval, where there is one. */
function sideOf({ difference: { value, low, high } }: Both): Side {
  const [least, most] = [low ?? value, high ?? value];
  if (most < 0) return 'merge';
  return least > 0 ? 'ensemble' : 'unsure';
}

function words(side: Side, { merge, pool, difference }: Both): string {
  const values = `(${loss(merge)} and ${loss(pool)})`;
  if (side === 'unsure') return `neither is surely better ${values}, by ${estimated(difference, signed)}`;
  if (side === 'merge') return `merging is better ${values}, by ${estimated(negated(difference))}`;
  return `the ensemble is better ${values}, by ${estimated(difference)}`;
}

function negated({ value, low, high }: Estimated): Estimated {
  return { value: -value, low: high === null ? null : -high, high: low === null ? null : -low };
}

function costText(cost: number, axis: ServingAxis): string {
  return axis === 'bytes' ? bytes(cost) : `${flops(cost)} per token`;
}
