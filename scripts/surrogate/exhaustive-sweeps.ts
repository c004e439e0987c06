/** Sweeps of a store in which every subset was merged and scored: truth to hold predictions against. */
import path from 'node:path';
import { enumerateSubsets, type Members } from '../../core/design/subsets.ts';
import { ProblemError } from '../../core/problem.ts';
import { methodLabels } from '../../core/report/labels.ts';
import type { Plan, PlanLine } from '../../core/store/format.ts';
import { ResultIndex } from '../../core/store/results.ts';
import type { SurrogateMerge } from '../../core/surrogate/merge.ts';
import { planIds, readPlan } from '../../runner/plan-files.ts';
import { ResultFiles } from '../../runner/result-files.ts';

export interface ExhaustiveSweep {
  readonly name: string;
  readonly pool: readonly string[];
  readonly step: (k: number) => number;
  /** Every subset once, macro mean over the domains. */
  readonly merges: readonly SurrogateMerge[];
  /** L(θ0), nats per token. */
  readonly base: number | null;
}

/** One for each size and method without random masks whose every subset has a score on every domain. */
export function exhaustiveSweeps(folder: string): ExhaustiveSweep[] {
  const store = path.join(folder, '.mergelab', 'local');
  const index = new ResultIndex();
  const files = new ResultFiles(path.join(store, 'results'), (file, chunk) => index.feed(file, chunk));
  files.scan();
  files.dispose();
  const found = new Map<string, ExhaustiveSweep>();
  for (const id of planIds(store)) {
    const plan = readPlan(store, id);
    for (const size of Object.keys(plan.header.sizes))
      for (const method of plan.header.methods.keys()) {
        const sweep = sweepOf(plan, size, method, index);
        const first = sweep?.merges[0];
        if (sweep && first) found.set(`${sweep.name} ${first.loss}`, sweep);
      }
  }
  if (found.size === 0) {
    throw new ProblemError({
      code: 'no_exhaustive_sweep',
      message: `No sweep in ${store} has every subset of its pool measured.`,
      fix: 'Run an experiment with `subsets: all` in that folder first.',
    });
  }
  return [...found.values()];
}

function sweepOf(
  { header, lines }: Plan,
  size: string,
  method: number,
  index: ResultIndex,
): ExhaustiveSweep | null {
  const spec = header.methods[method];
  const { pool } = header;
  if (!spec) return null;
  const lossOf = (line: PlanLine): number | null => {
    const scores = Object.values(header.evaluations).map((evaluation) => index.get(line.key, evaluation));
    const losses = scores.flatMap((score) => (score ? [score.nll / score.tokens] : []));
    return losses.length === scores.length ? losses.reduce((sum, x) => sum + x, 0) / losses.length : null;
  };
  const own = lines.filter((line) => line.size === size && line.seed === null);
  const losses = new Map(
    own
      .filter((line) => line.method === method)
      .map((line) => [membersOf(line, pool).join(), lossOf(line)] as const),
  );
  const all = pool.flatMap((_, i) => [...enumerateSubsets(pool.length, i + 1)]);
  const merges = all.flatMap((members) => {
    const loss = losses.get(members.join()) ?? null;
    return loss === null ? [] : [{ members, step: 1 / members.length, loss }];
  });
  if (merges.length < all.length) return null;
  const base = own.find((line) => line.method === null && line.subset.length === 0 && !line.reference);
  const label = methodLabels(header.methods)[method] ?? spec.method;
  const name = `${label} · ${header.sizes[size]?.parameters.toLocaleString('en')} parameters`;
  return { name, pool, step: (k) => 1 / k, merges, base: base ? lossOf(base) : null };
}

function membersOf(line: PlanLine, pool: readonly string[]): Members {
  return line.subset.map((expert) => pool.indexOf(expert)).sort((a, b) => a - b);
}
