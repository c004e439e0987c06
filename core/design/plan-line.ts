import type { PlanHeader, PlanLine, Purpose } from '../store/format.ts';
import { mergeKey } from '../store/keys.ts';

/** One line of a plan with this header. `subset` is in the order of the pool. */
export function makeLine(
  header: PlanHeader,
  merge: Pick<PlanLine, 'size' | 'method' | 'subset' | 'seed'>,
  purpose: readonly Purpose[],
  draws: number,
): PlanLine {
  const size = header.sizes[merge.size];
  const method = merge.method === null ? null : header.methods[merge.method];
  const experts = merge.subset.map((name) => size?.experts[name]?.fingerprint);
  if (!size || method === undefined || !experts.every((each) => each !== undefined)) {
    throw new TypeError(`A plan's line names what its header lacks: ${JSON.stringify(merge)}`);
  }
  const key = mergeKey({
    base: size.base.fingerprint,
    experts,
    method,
    seed: merge.seed,
    embeddings: header.embeddings,
    dtype: header.dtype,
  });
  return { key, ...merge, purpose, draws };
}
