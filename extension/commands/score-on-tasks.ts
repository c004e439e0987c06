import * as vscode from 'vscode';
import { problemOf } from '../../core/problem.ts';
import {
  findHarness,
  HARNESS_BYTES,
  type HarnessPlace,
  harnessMissing,
} from '../../runner/downstream/harness.ts';
import type { DownstreamOutcome, DownstreamProgress } from '../../runner/session-types.ts';
import { counted } from '../../words/numbers.ts';
import { oneLine, plain } from '../../words/plain.ts';
import { bytes, roughly } from '../../words/units.ts';
import type { ExperimentModel } from '../experiments/experiment-model.ts';
import type { Lab } from '../lab.ts';
import { namedPython } from '../settings.ts';
import { showProblem } from '../show-problem.ts';
import { withProgress } from '../with-progress.ts';
import { readyModel } from './ready-model.ts';
import type { Target } from './which-experiment.ts';

/** Scores the models that the report singles out on the experiment's tasks. What was scored stays where it is stopped. */
export async function scoreOnTasks(lab: Lab, target: Target): Promise<void> {
  const ready = await readyModel(lab, target, 'Scoring on tasks', scoreOnTasks);
  if (!ready) return;
  const { uri, model } = ready;
  try {
    if (!(await harnessReady(model))) return;
    const outcome = await withProgress('Scoring on tasks', ({ signal, tell }) =>
      model.downstream({
        signal,
        onProgress: (progress) => tell(progressText(progress), progress.done / Math.max(1, progress.total)),
      }),
    );
    const picked = await vscode.window.showInformationMessage(outcomeText(outcome), 'Dashboard');
    if (picked) lab.dashboards.open(uri, { preserveFocus: false });
  } catch (error) {
    showProblem(lab, problemOf(error), { retry: () => scoreOnTasks(lab, uri), experiment: uri });
  }
}

/** Nothing is installed without a yes. */
async function harnessReady(model: ExperimentModel): Promise<boolean> {
  const place = await harnessOf(model);
  if (place.version !== null) return true;
  if (!place.own) throw harnessMissing(place);
  const { disk, download } = HARNESS_BYTES;
  const answer = await vscode.window.showInformationMessage(
    `Install EleutherAI's lm-evaluation-harness beside the agent${place.host === null ? '' : ` on ${plain(place.host)}`}?`,
    {
      modal: true,
      detail: `Downstream tasks need it: about ${bytes(disk)}, ${bytes(download)} to download.`,
    },
    'Install',
  );
  if (answer !== 'Install') return false;
  await withProgress('Installing the evaluation harness', ({ signal, tell }) =>
    install(model, place, (words) => tell(oneLine(words, 120), null), signal),
  );
  return true;
}

function harnessOf(model: ExperimentModel): Promise<HarnessPlace> {
  const isHere = (model.state.parsed.experiment?.target ?? 'local') === 'local';
  // Of this machine's agent the user may have named the Python, which is not installed into.
  return isHere ? findHarness({ named: namedPython() || null, checkout: null }) : model.harness();
}

async function install(
  model: ExperimentModel,
  place: HarnessPlace,
  tell: (words: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (place.host !== null) return model.installHarness(tell, signal);
  const { installHarness } = await import('../../runner/installing.ts');
  return installHarness(place, tell, signal);
}

function progressText({ done, total, seconds_left, waiting_for }: DownstreamProgress): string {
  if (waiting_for !== null) return `waiting for ${oneLine(waiting_for, 120)}`;
  const left = seconds_left === null || seconds_left < 1 ? '' : `, ${roughly(seconds_left)} left`;
  return `${done} of ${counted(total, 'score')}${left}`;
}

function outcomeText({ state, failed }: DownstreamOutcome): string {
  if (state === 'nothing_to_do') return 'Every model is scored on every task.';
  if (failed > 0) return `${counted(failed, 'score')} could not be made; the dashboard says why.`;
  return state === 'stopped' ? 'Stopped; what was scored is kept.' : 'The models are scored on the tasks.';
}
