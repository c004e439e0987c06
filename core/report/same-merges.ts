import { digest } from '../store/canonical.ts';
import type { MergeKey, Plan } from '../store/format.ts';

/** Lines of another plan that merge experts of this pool, known by fingerprint, in the same way. */
export function sameMerges(
  plan: Plan,
  other: Plan,
  size: string,
  method: number,
  seeds: readonly number[],
): { key: MergeKey; members: number[]; seed: number | null }[] {
  const here = plan.header.sizes[size];
  if (!here || other.id === plan.id) return [];
  const comparable =
    other.header.scorer === plan.header.scorer &&
    other.header.embeddings === plan.header.embeddings &&
    other.header.dtype === plan.header.dtype;
  if (!comparable) return [];
  const spec = digest(plan.header.methods[method]);
  const methods = new Set(
    other.header.methods.flatMap((candidate, index) => (digest(candidate) === spec ? [index] : [])),
  );
  const indexOf = new Map(
    plan.header.pool.map((name, index) => [here.experts[name]?.fingerprint, index] as const),
  );
  const found: { key: MergeKey; members: number[]; seed: number | null }[] = [];
  for (const line of other.lines) {
    const there = other.header.sizes[line.size];
    if (line.method === null || !methods.has(line.method)) continue;
    if (!there || there.base.fingerprint !== here.base.fingerprint) continue;
    if (line.seed !== null && !seeds.includes(line.seed)) continue;
    const members = line.subset.map((name) => indexOf.get(there.experts[name]?.fingerprint) ?? -1);
    if (members.includes(-1)) continue;
    found.push({ key: line.key, members: members.sort((a, b) => a - b), seed: line.seed });
  }
  return found;
}
