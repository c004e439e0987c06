/** What the buttons of a dashboard do. */
import { Buffer } from 'node:buffer';
import path from 'node:path';
import * as vscode from 'vscode';
import { underBudget } from '../../core/planning/planning.ts';
import { problemOf } from '../../core/problem.ts';
import { CONTRACT, type FromPage, type ToPage } from '../../webview/messages.ts';
import { copyMergekit, merge } from '../commands/merge.ts';
import { run, stop, verify } from '../commands/run.ts';
import { membersOf } from '../experiments/headline-merge.ts';
import type { Lab } from '../lab.ts';
import { showProblem } from '../show-problem.ts';

type Answer = (message: ToPage) => void;

/** Never rejects: whatever goes wrong is told. @param answer to the page that asked */
export async function handlePage(
  lab: Lab,
  uri: vscode.Uri,
  message: FromPage,
  answer: Answer,
): Promise<void> {
  try {
    await handle(lab, uri, message, answer);
  } catch (error) {
    showProblem(lab, problemOf(error), { experiment: uri });
  }
}

async function handle(lab: Lab, uri: vscode.Uri, message: FromPage, answer: Answer): Promise<void> {
  const model = lab.library.model(uri);
  const report = model?.state.report;
  switch (message.kind) {
    case 'ready':
    case 'drawn':
      return;
    case 'run':
      return run(lab, uri);
    case 'verify':
      return verify(lab, uri);
    case 'stop':
      return stop(lab, uri, message.now);
    case 'plan': {
      const planning = report?.study?.planning;
      if (planning)
        answer({ kind: 'planned', contract: CONTRACT, planning: underBudget(planning, message.budget) });
      return;
    }
    case 'shapley': {
      const asked = await model?.withShapley();
      const shapley = asked?.study?.shapley;
      if (asked && shapley) {
        const { plan, progress } = asked;
        answer({ kind: 'shapley', contract: CONTRACT, plan, done: progress.done, shapley });
      }
      return;
    }
    case 'refresh':
      return model?.refresh();
    case 'show_log':
      lab.log.show(true);
      return;
    case 'open_file':
      await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
      return;
    case 'insert':
      await vscode.commands.executeCommand('mergeLab.insertRecommendedSubset', uri, message.merge);
      return;
    case 'merge':
      return merge(lab, uri, message.merge);
    case 'copy_subset':
      if (message.as === 'mergekit') return copyMergekit(lab, uri, message.merge);
      if (report) await vscode.env.clipboard.writeText(membersOf(report, message.merge).join(', '));
      return;
    case 'copy_text':
      await vscode.env.clipboard.writeText(message.text);
      return;
    case 'save':
      return save(uri, message);
    default:
      // From a page of another version: nothing that is known.
      message satisfies never;
  }
}

async function save(uri: vscode.Uri, { name, type, data }: FromPage & { kind: 'save' }): Promise<void> {
  const safe = name.replace(/[^\p{L}\p{N} ._-]+/gu, '-').slice(0, 120);
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(path.join(path.dirname(uri.fsPath), safe)),
    filters: type === 'csv' ? { 'CSV table': ['csv'] } : { 'PNG picture': ['png'] },
  });
  if (!target) return;
  const content =
    type === 'csv'
      ? Buffer.from(data, 'utf8')
      : Buffer.from(data.replace(/^data:image\/png;base64,/, ''), 'base64');
  await vscode.workspace.fs.writeFile(target, content);
}
