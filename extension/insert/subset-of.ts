import path from 'node:path';
import type { Problem } from '../../core/problem.ts';
import type { Report } from '../../core/report/report.ts';
import type { MergeName } from '../../webview/messages.ts';
import { plain } from '../../words/plain.ts';
import { headlineCell } from '../language/report-cells.ts';
import { remarkOf, type Weights } from './subset-remark.ts';
import type { SubsetSource } from './subset-source.ts';
import type { SubsetToInsert } from './subset-text.ts';

/** Everything that a merge's text in any language is made of. @param weights of domains, where not the file's */
export function subsetOf(
  source: SubsetSource,
  report: Report,
  merge: MergeName,
  weights: Weights | null,
): SubsetToInsert {
  const names = merge.members.map((member) => report.pool[member] ?? '?');
  const { size, method, seed } = merge;
  return {
    names,
    mergekit: source.mergekit({ size, method, subset: names, seed }),
    remark: remarkOf(report, merge, path.basename(source.file), weights),
  };
}

export function nothingToInsert(source: SubsetSource, report: Report | null): Problem {
  const reason = report ? headlineCell(report)?.selection?.reason : null;
  return {
    code: 'nothing_to_insert',
    message: reason ?? `${plain(source.name)} recommends no subset yet.`,
    fix: report ? 'Choose another k, or change the goals.' : 'Run the experiment first.',
  };
}
