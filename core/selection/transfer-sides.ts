import type { Variance } from './estimated.ts';
import { differenceVariance, dot, type Losses, type Measured } from './measured.ts';
import { subsetsOfSize } from './subset-count.ts';
import type { TransferInput } from './transfer.ts';
import { domainFreedom, domainInfluence, weightedNll } from './weighted-nll.ts';

/** Mean loss on one domain over the subsets of size k that hold its own expert, or that lack it. */
export interface SidePoint {
  readonly k: number;
  readonly loss: number;
  /** Against the own expert alone, or the base; null where that is not measured. */
  readonly change: number | null;
  /** Of evaluation samples; null at the points stage. */
  readonly sampleVariance: Variance | null;
  readonly changeVariance: Variance | null;
  /** Weighted residual of each measured subset, by its index; empty where all are measured. */
  readonly residuals: ReadonlyMap<number, number>;
  readonly subsets: number;
  /** How many there are. */
  readonly of: number;
  /** Finite-population factor: 0 where all are measured, 1 where they are drawn with replacement. */
  readonly left: number;
}

/** By k, ascending. */
export type CurveSide = readonly SidePoint[];

export function curveSides(
  input: TransferInput,
  domain: number,
  own: number,
): { readonly members: CurveSide; readonly others: CurveSide } {
  const { measured, pool, base } = input;
  const sides = { members: new Map<number, number[]>(), others: new Map<number, number[]>() };
  for (const [index, { members }] of measured.entries()) {
    const side = members.includes(own) ? sides.members : sides.others;
    const same = side.get(members.length);
    if (same) same.push(index);
    else side.set(members.length, [index]);
  }
  const alone = sides.members.get(1)?.[0];
  const curve = (side: ReadonlyMap<number, number[]>, reference: Losses | null, taken: number) =>
    [...side]
      .sort(([a], [b]) => a - b)
      .flatMap(([k, indices]) =>
        sidePoint(input, domain, reference, indices, k, subsetsOfSize(pool - 1, k - taken)),
      );
  return {
    members: curve(sides.members, alone === undefined ? null : (measured[alone] ?? null), 1),
    others: curve(sides.others, base, 0),
  };
}

/** As the typical curve: by the design's draws, or all subsets alike once all are measured. None without a draw. */
function sidePoint(
  { measured, samples, stage, permutations }: TransferInput,
  e: number,
  reference: Losses | null,
  indices: readonly number[],
  k: number,
  of: number,
): SidePoint[] {
  const rowOf = (index: number) => measured[index] as Measured;
  const exhaustive = indices.length === of;
  const used = exhaustive ? indices : indices.filter((index) => rowOf(index).draws > 0);
  const drawsOf = (index: number) => (exhaustive ? 1 : rowOf(index).draws);
  const draws = used.reduce((sum, index) => sum + drawsOf(index), 0);
  if (draws === 0) return [];
  const coefficients = Float64Array.from(used, (index) => drawsOf(index) / draws);
  const lossOf = (row: Losses) => row.domains[e] as number;
  const loss = used.reduce((sum, index, i) => sum + (coefficients[i] as number) * lossOf(rowOf(index)), 0);
  const weighted = { indices: Int32Array.from(used), coefficients: [coefficients] };
  const [nll] = stage === 'complete' ? weightedNll(measured, weighted, samples, e) : [];
  const influence = nll && domainInfluence(nll, loss, samples, e);
  const own = reference && ownInfluence(reference);
  const freedom = domainFreedom(samples, e);
  const residuals = exhaustive
    ? []
    : used.map((index, i): [number, number] => [
        index,
        (coefficients[i] as number) * (lossOf(rowOf(index)) - loss),
      ]);
  return [
    {
      k,
      loss,
      change: reference && loss - lossOf(reference),
      sampleVariance: influence ? { variance: dot(influence, influence), freedom } : null,
      changeVariance: influence && own ? { variance: differenceVariance(influence, own), freedom } : null,
      residuals: new Map(residuals),
      subsets: used.length,
      of,
      left: exhaustive ? 0 : permutations ? 1 : 1 - used.length / of,
    },
  ];

  function ownInfluence(row: Losses): Float64Array | null {
    if (stage === 'points') return null;
    const part = Float64Array.from(row.nll.subarray(samples.start[e], samples.start[e + 1]));
    return domainInfluence(part, lossOf(row), samples, e);
  }
}
