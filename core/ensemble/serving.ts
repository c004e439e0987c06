/**
 * Merging and ensembling on a common axis. A merge of k experts is served as one model, an ensemble of k models costs
 * all of them; so what they reach is held against each other by what serving takes: bytes of weights, FLOPs per token.
 */
import { loss } from '../../words/numbers.ts';
import { bytes, flops } from '../../words/units.ts';

export type ServingAxis = 'bytes' | 'flops';

/** Somebody's best with these costs: a merge, or a pool. All losses are bits per byte on the same samples. */
export interface ServingPoint {
  /** Experts merged, or models served. */
  readonly k: number;
  readonly servingBytes: number;
  readonly flopsPerToken: number;
  readonly bitsPerByte: number;
}

export interface ServingPool extends ServingPoint {
  /** What can be had without knowing which model to ask: the uniform mixture. `bitsPerByte` is the oracle's. */
  readonly mixture: number;
}

/** The least loss that each can have at a cost; null where it costs more. */
export interface ServingStep {
  readonly cost: number;
  readonly merge: number | null;
  readonly oracle: number | null;
  readonly mixture: number | null;
}

export interface ServingSeries {
  readonly axis: ServingAxis;
  /** Ascending; at every cost at which a merge or a pool becomes possible. */
  readonly steps: readonly ServingStep[];
  /** Where each wins, in plain words. */
  readonly sentence: string;
}

/** @throws RangeError on a cost or loss that is no finite number */
export function compareServing(
  merges: readonly ServingPoint[],
  pools: readonly ServingPool[],
  axis: ServingAxis,
): ServingSeries {
  const costOf = ({ servingBytes, flopsPerToken }: ServingPoint) =>
    axis === 'bytes' ? servingBytes : flopsPerToken;
  for (const point of [...merges, ...pools])
    if (![costOf(point), point.bitsPerByte].every(Number.isFinite))
      throw new RangeError(`k = ${point.k} has the cost ${costOf(point)} and the loss ${point.bitsPerByte}`);
  const least = <P extends ServingPoint>(points: readonly P[], cost: number, loss: (point: P) => number) =>
    points.reduce<number | null>(
      (best, point) => (costOf(point) <= cost && (best === null || loss(point) < best) ? loss(point) : best),
      null,
    );
  const costs = [...new Set([...merges, ...pools].map(costOf))].sort((a, b) => a - b);
  const steps = costs.map((cost) => ({
    cost,
    merge: least(merges, cost, ({ bitsPerByte }) => bitsPerByte),
    oracle: least(pools, cost, ({ bitsPerByte }) => bitsPerByte),
    mixture: least(pools, cost, ({ mixture }) => mixture),
  }));
  return { axis, steps, sentence: sentenceOf(steps, axis) };
}

type Side = 'merge' | 'ensemble' | 'tie' | 'none';

function sentenceOf(steps: readonly ServingStep[], axis: ServingAxis): string {
  const last = steps.at(-1);
  if (!last || last.merge === null || last.oracle === null)
    return 'There is nothing to compare: merges and pools are both needed.';
  const parts = [
    describe(steps, axis, 'mixture', 'its mixture'),
    describe(steps, axis, 'oracle', 'its oracle, which knows the best model of each sample'),
  ];
  return parts.join(' ');
}

function describe(
  steps: readonly ServingStep[],
  axis: ServingAxis,
  kind: 'oracle' | 'mixture',
  name: string,
): string {
  const winner = ({ merge, [kind]: pool }: ServingStep): Side => {
    if (merge === null || pool === null) return 'none';
    return merge < pool ? 'merge' : pool < merge ? 'ensemble' : 'tie';
  };
  const common = steps.filter((step) => winner(step) !== 'none');
  const spans: { side: Side; from: ServingStep }[] = [];
  for (const step of common)
    if (spans.at(-1)?.side !== winner(step)) spans.push({ side: winner(step), from: step });
  const said = spans.map(
    ({ side, from }) =>
      `from ${costText(from.cost, axis)} on ${SIDES[side]} (${loss(from.merge ?? 0)} and ${loss(from[kind] ?? 0)})`,
  );
  return `Merging against the ensemble with ${name}, in bits per byte: ${said.join(', ')}.`;
}

const SIDES: Readonly<Record<Side, string>> = {
  merge: 'merging is better',
  ensemble: 'the ensemble is better',
  tie: 'both are the same',
  none: 'neither is there',
};

function costText(cost: number, axis: ServingAxis): string {
  return axis === 'bytes' ? bytes(cost) : `${flops(cost)} per token`;
}
