import * as vscode from 'vscode';
import { oneLine } from '../words/plain.ts';
import type { RunEnd } from './experiments/experiment-model.ts';
import type { Lab } from './lab.ts';
import { setting } from './settings.ts';
import { showProblem } from './show-problem.ts';
import { answerLines } from './status-bar.ts';

/** A run that is over sooner was watched to its end. */
const LONG_SECONDS = 60;

/** At most one message at a run's end; an answer only where nobody was looking or it took long, a failure always. */
export function tellOfEnd(lab: Lab, uri: vscode.Uri, end: RunEnd): void {
  lab.library.release(uri, 'run');
  const again = (): void => void vscode.commands.executeCommand('mergeLab.run', uri);
  if (end.kind === 'died') {
    showProblem(lab, end.problem, { retry: again, experiment: uri });
    return;
  }
  const { status, seconds } = end;
  lab.log.info(
    `Run ${status.run}: ${status.state}, ${status.done} of ${status.total} scored, ${status.failed} failed.`,
  );
  if (status.problem) {
    showProblem(lab, status.problem, { retry: again, experiment: uri });
    return;
  }
  const watched = vscode.window.state.focused && seconds < LONG_SECONDS;
  const isDone = status.state === 'done' || lab.library.get(uri)?.report?.precision?.stop === 'precise';
  if (!isDone || watched || !setting('notifications.runEnded', true)) return;
  void tellAnswer(lab, uri);
}

async function tellAnswer(lab: Lab, uri: vscode.Uri): Promise<void> {
  const state = lab.library.get(uri);
  const [sentence = 'The run is done.'] = state ? answerLines(state) : [];
  const buttons = state?.report?.headline.subset ? ['Dashboard', 'Merge'] : ['Dashboard'];
  const picked = await vscode.window.showInformationMessage(oneLine(sentence, 400), ...buttons);
  if (picked === 'Dashboard') lab.dashboards.open(uri, { preserveFocus: false });
  if (picked === 'Merge') await vscode.commands.executeCommand('mergeLab.mergeRecommended', uri);
}
