import * as vscode from 'vscode';
import type { Report } from '../../core/report/report.ts';
import type { MergeOptions } from '../../runner/session-types.ts';
import type { MergeName } from '../../webview/messages.ts';
import { nameList, oneLine } from '../../words/plain.ts';
import type { ExperimentModel } from '../experiments/experiment-model.ts';
import { headlineMerge, membersOf } from '../experiments/headline-merge.ts';
import { type WrittenMerge, writtenMerge } from '../experiments/written-merge.ts';

export interface ChosenMerge {
  readonly options: Pick<MergeOptions, 'subset' | 'weights' | 'size' | 'method' | 'seed'>;
  readonly experts: readonly string[];
  /** Of its method; what its folder is called by. */
  readonly label: string;
  /** Named by a report, and not by the file. */
  readonly isReported: boolean;
}

/**
 * The merge that is named; else what `merge:` of the file says or what the report recommends, asking where there are
 * both. Undefined where the user went away, and where there is neither, which is told.
 */
export async function chooseMerge(
  { state }: ExperimentModel,
  name: MergeName | undefined,
): Promise<ChosenMerge | undefined> {
  const { report, valid } = state;
  if (report && name) return reported(report, name);
  const written = valid?.experiment ? writtenMerge(valid.experiment) : null;
  const wanted = report && headlineMerge(report);
  const recommended = report && wanted ? reported(report, wanted) : null;
  if (written && recommended) return asked(written, recommended);
  if (written) return asWritten(written);
  if (recommended) return recommended;
  void vscode.window.showInformationMessage(
    oneLine(report?.headline.sentence ?? 'Nothing is measured yet: run the experiment first.', 600),
  );
  return undefined;
}

async function asked(written: WrittenMerge, recommended: ChosenMerge): Promise<ChosenMerge | undefined> {
  const items = [
    {
      label: `As this file says: ${written.title}`,
      detail: oneLine(written.detail, 300),
      chosen: asWritten(written),
    },
    {
      label: 'The recommended subset',
      detail: oneLine(nameList(recommended.experts, 12), 300),
      chosen: recommended,
    },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: 'Which merge is written?' });
  return picked?.chosen;
}

function asWritten({ options, experts }: WrittenMerge): ChosenMerge {
  return {
    options,
    experts,
    label: options.weights ? 'weighted' : (options.method ?? ''),
    isReported: false,
  };
}

function reported(report: Report, name: MergeName): ChosenMerge {
  const subset = membersOf(report, name);
  const cell = report.cells.find(({ size, method }) => size === name.size && method === name.method);
  return {
    options: {
      subset,
      size: name.size,
      ...(cell ? { method: cell.label } : {}),
      ...(name.seed === null ? {} : { seed: name.seed }),
    },
    experts: subset,
    label: cell?.label ?? '',
    isReported: true,
  };
}
