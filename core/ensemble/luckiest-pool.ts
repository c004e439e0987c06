/**
 * The pool that gains most by having the better model of each domain. What a model is better by, in each domain and times
 * the domain's weight, is a row of D numbers that sum to zero; a pool's gain is the sum over domains of its largest.
 */

/** The best pair is exact; larger pools are grown from it, and their members exchanged until none is better. */
export function luckiestGain(rows: readonly Float64Array[], k: number): number {
  if (rows.length < 2) return 0;
  const members = furthestPair(rows);
  while (members.length < Math.min(k, rows.length))
    members.push(bestAddition(topOf(members, rows), rows).member);
  return members.length > 2 ? exchanged(members, rows) : gainOf(topOf(members, rows));
}

/** A pair gains half the distance between its rows, Σ|a − b|/2, at most the half of both their lengths. */
function furthestPair(rows: readonly Float64Array[]): number[] {
  const zero = new Float64Array(rows[0]?.length ?? 0);
  const longest = Array.from(rows, (row, member) => ({ member, row, length: distanceOf(row, zero) })).sort(
    (a, b) => b.length - a.length,
  );
  let [pair, furthest] = [longest.slice(0, 2), -1];
  for (const [i, a] of longest.entries()) {
    if (2 * a.length <= furthest) break;
    for (let j = i + 1; j < longest.length; j++) {
      const b = longest[j] as (typeof longest)[number];
      if (a.length + b.length <= furthest) break;
      const distance = distanceOf(a.row, b.row);
      if (distance > furthest) [pair, furthest] = [[a, b], distance];
    }
  }
  return pair.map(({ member }) => member);
}

function exchanged(first: readonly number[], rows: readonly Float64Array[]): number {
  const members = [...first];
  let gain = gainOf(topOf(members, rows));
  for (let last = 0, i = 0; last < members.length; i = (i + 1) % members.length) {
    const others = members.filter((_, at) => at !== i);
    const found = bestAddition(topOf(others, rows), rows);
    const isBetter = found.gain > gain * (1 + ROUNDING);
    if (isBetter) [members[i], gain] = [found.member, found.gain];
    last = isBetter ? 0 : last + 1;
  }
  return gain;
}

const ROUNDING = 1e-12;

function bestAddition(top: Float64Array, rows: readonly Float64Array[]): { member: number; gain: number } {
  let [member, gain] = [0, Number.NEGATIVE_INFINITY];
  for (const [m, row] of rows.entries()) {
    const own = gainWith(row, top);
    if (own > gain) [member, gain] = [m, own];
  }
  return { member, gain };
}

/** The largest of each domain. Shape (D). */
function topOf(members: readonly number[], rows: readonly Float64Array[]): Float64Array {
  const [first, ...others] = members.map((m) => rows[m] as Float64Array);
  return (first ?? new Float64Array(0)).map((value, d) =>
    others.reduce((most, row) => Math.max(most, row[d] as number), value),
  );
}

function gainOf(top: Float64Array): number {
  return top.reduce((sum, value) => sum + value, 0);
}

function gainWith(row: Float64Array, top: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < top.length; d++) sum += Math.max(row[d] as number, top[d] as number);
  return sum;
}

/** Σ|a − b| */
function distanceOf(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += Math.abs((a[d] as number) - (b[d] as number));
  return sum;
}
