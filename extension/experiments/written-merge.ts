import type { Experiment } from '../../core/experiment/experiment.ts';
import type { MergeOptions } from '../../runner/session-types.ts';
import { counted, significant } from '../../words/numbers.ts';
import { nameList, plain } from '../../words/plain.ts';

/** What `merge:` of a file asks for by name. */
export interface WrittenMerge {
  readonly options: Pick<MergeOptions, 'subset' | 'weights' | 'size' | 'method'>;
  readonly experts: readonly string[];
  /** `weights of 3 experts`, `2 experts` */
  readonly title: string;
  /** `algebra 0.6 and code 0.4` */
  readonly detail: string;
}

/** Null where the file leaves it to the report. */
export function writtenMerge({ merge, pool }: Experiment): WrittenMerge | null {
  if (!merge) return null;
  const { size, method, weights, subset } = merge;
  const where = { ...(size === null ? {} : { size }), ...(method === null ? {} : { method }) };
  if (weights) {
    const used = pool.filter((name) => (weights.get(name) ?? 0) !== 0);
    const each = used.map((name) => `${plain(name, 28)} ${significant(weights.get(name) ?? 0, 3)}`);
    return {
      options: { ...where, weights },
      experts: used,
      title: `weights of ${counted(used.length, 'expert')}`,
      detail: nameList(each, 12),
    };
  }
  if (!subset) return null;
  return {
    options: { ...where, subset },
    experts: subset,
    title: counted(subset.length, 'expert'),
    detail: nameList(subset, 12),
  };
}
