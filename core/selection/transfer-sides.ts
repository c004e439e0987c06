import type { Variance } from './estimated.ts';
import { differenceVariance, dot, type Losses, type Measured } from './measured.ts';
import { subsetsOfSize } from './subset-count.ts';
import { isMember, type SubsetMasks } from './subset-masks.ts';
import type { TransferInput } from './transfer.ts';
import { domainInfluence, weightedNll } from './weighted-nll.ts';

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
  masks: SubsetMasks,
  domain: number,
  own: number,
): { readonly members: CurveSide; readonly others: CurveSide } {
  const { measured, pool, base } = input;
  const sides = [true, false].map(() => Array.from({ length: pool + 1 }, (): number[] => []));
  const [members, others] = sides as [number[][], number[][]];
  for (let i = 0; i < measured.length; i++)
    (isMember(masks, i, own) ? members : others)[masks.size[i] as number]?.push(i);
  const alone = members[1]?.[0];
  const curve = (side: readonly (readonly number[])[], reference: Losses | null, taken: number) =>
    side.flatMap((indices, k) =>
      sidePoint(input, domain, reference, indices, k, subsetsOfSize(pool - 1, k - taken)),
    );
  return {
    members: curve(members, alone === undefined ? null : (measured[alone] ?? null), 1),
    others: curve(others, base, 0),
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
  if (used.length === 0) return [];
  const coefficients = new Float64Array(used.length).fill(1 / used.length);
  if (!exhaustive) byDraws(coefficients, (i) => rowOf(used[i] as number).draws);
  const lossOf = (row: Losses) => row.domains[e] as number;
  let loss = 0;
  for (let i = 0; i < used.length; i++)
    loss += (coefficients[i] as number) * lossOf(rowOf(used[i] as number));
  const weighted = { indices: Int32Array.from(used), coefficients: [coefficients] };
  const [nll] = stage === 'complete' ? weightedNll(measured, weighted, samples, e) : [];
  const influence = nll && domainInfluence(nll, loss, samples, e);
  const own = reference && ownInfluence(reference);
  const freedom = samples.freedom[e] as number;
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

function byDraws(coefficients: Float64Array, drawsOf: (i: number) => number): void {
  let draws = 0;
  for (let i = 0; i < coefficients.length; i++) draws += drawsOf(i);
  for (let i = 0; i < coefficients.length; i++) coefficients[i] = drawsOf(i) / draws;
}
