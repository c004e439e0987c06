/** A merge as the surrogate sees it: a point α = step·1_S of the pool's weights. */
export interface SurrogateMerge {
  /** Indices into the pool, ascending. */
  readonly members: readonly number[];
  /** α of each member, c/k: 1/k for `average`, scale/k where the sum is divided by k, scale where it is not. */
  readonly step: number;
  /** Of one domain or one weighting of the domains, nats per token. */
  readonly loss: number;
}

/** Lengths Σα that differ by less than this, relative to the longest, are one length. */
const SAME_LENGTH = 1e-9;

/** Whether Σα differs between merges: then the basis stands on the base's loss (mathematics §4). */
export function lengthsVary(merges: readonly SurrogateMerge[]): boolean {
  const lengths = merges.map(({ members, step }) => members.length * step);
  const longest = Math.max(...lengths);
  return longest - Math.min(...lengths) > SAME_LENGTH * longest;
}

/** Single experts and the whole pool: every plan measures them, so no draw of a design leaves them out. */
export function isAnchor({ members }: Pick<SurrogateMerge, 'members'>, pool: number): boolean {
  return members.length === 1 || members.length === pool;
}

/** One point's name: members and step. */
export function nameOf({ members, step }: Pick<SurrogateMerge, 'members' | 'step'>): string {
  return `${members.join()}@${step}`;
}

/** Shape (M): step for members, 0 for others. */
export function weightsOf(
  { members, step }: Pick<SurrogateMerge, 'members' | 'step'>,
  pool: number,
): Float64Array {
  const alpha = new Float64Array(pool);
  for (const i of members) alpha[i] = step;
  return alpha;
}

/** How many experts two subsets share; both ascending. */
export function shared(a: readonly number[], b: readonly number[]): number {
  let count = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const difference = (a[i] as number) - (b[j] as number);
    if (difference === 0) count += 1;
    if (difference <= 0) i += 1;
    if (difference >= 0) j += 1;
  }
  return count;
}
