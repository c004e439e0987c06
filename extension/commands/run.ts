import * as vscode from 'vscode';
import { problemOf } from '../../core/problem.ts';
import { count, counted } from '../../words/numbers.ts';
import { oneLine, plain } from '../../words/plain.ts';
import { precisionSentence } from '../../words/precision.ts';
import { modelsAndPools } from '../../words/run-progress.ts';
import { bytes, roughly } from '../../words/units.ts';
import type { ExperimentModel } from '../experiments/experiment-model.ts';
import type { Planned } from '../experiments/work.ts';
import { hostReady } from '../hosts/host-ready.ts';
import type { Lab } from '../lab.ts';
import { setting } from '../settings.ts';
import { showProblem } from '../show-problem.ts';
import { type Ready, readyModel } from './ready-model.ts';
import { trusted } from './trusted.ts';
import { type Target, whichExperiment } from './which-experiment.ts';

/** Runs that take longer are confirmed first. */
const LONG_SECONDS = 3600;

/** Experiments whose run is being started: asked for twice, it is started once. */
const starting = new Set<string>();

/** Saves, looks at models and data, and starts a run of what is missing; it outlives this window. */
export async function run(lab: Lab, target: Target): Promise<void> {
  const ready = await readyModel(lab, target, 'Running merges', run);
  if (!ready) return;
  const name = ready.uri.toString();
  if (starting.has(name)) return;
  starting.add(name);
  try {
    await start(lab, ready);
  } finally {
    starting.delete(name);
  }
}

/** Waits for no notification: one that nobody answers would keep the next run from starting. */
async function start(lab: Lab, { uri, model }: Ready): Promise<void> {
  try {
    const summary = await lookedAt(model);
    if (summary.missing === 0) {
      void nothingToDo(uri, summary);
      return;
    }
    if (!(await confirmed(summary, placeOf(model)))) return;
    const state = await model.run();
    if (state === 'queued') {
      void vscode.window.showInformationMessage('The run waits for its turn; it starts by itself.');
    }
    if (setting('dashboard.openOnRun', true)) lab.dashboards.open(uri, { preserveFocus: true });
  } catch (error) {
    showProblem(lab, problemOf(error), { retry: () => run(lab, uri), experiment: uri });
  }
}

/** Merges and scores what is foretold to beat what is measured; of an ensemble averages logits. */
export async function verify(lab: Lab, target: Target): Promise<void> {
  const ready = await readyModel(lab, target, 'Running merges', verify);
  if (!ready) return;
  try {
    const { reason } = await ready.model.verify();
    if (reason === null) await run(lab, ready.uri);
    else void vscode.window.showInformationMessage(oneLine(`Nothing to verify: ${reason}`, 600));
  } catch (error) {
    showProblem(lab, problemOf(error), { retry: () => verify(lab, ready.uri), experiment: ready.uri });
  }
}

/** Says what a run would do and take, without starting one. */
export async function plan(lab: Lab, target: Target): Promise<void> {
  const ready = await readyModel(lab, target, 'Looking at models and data', plan);
  if (!ready) return;
  try {
    const summary = await lookedAt(ready.model);
    const picked = await vscode.window.showInformationMessage(
      oneLine(planSentence(summary), 600),
      ...(summary.missing > 0 ? ['Run'] : ['Dashboard']),
    );
    if (picked === 'Run') await run(lab, ready.uri);
    if (picked === 'Dashboard') lab.dashboards.open(ready.uri, { preserveFocus: false });
  } catch (error) {
    showProblem(lab, problemOf(error), { retry: () => plan(lab, ready.uri), experiment: ready.uri });
  }
}

/** Shows how far a run is that goes on on a host, wherever it was started. */
export async function follow(lab: Lab, target: Target): Promise<void> {
  const uri = await whichExperiment(lab, target);
  const model = uri && lab.library.model(uri);
  const host = model?.state.host;
  if (!model || !host || !(await trusted('Following a run on a host'))) return;
  const retry = () => follow(lab, uri);
  if (!(await hostReady(lab, host.name, { isMeant: false, retry }))) return;
  try {
    await lab.library.hold(uri, 'run');
    await model.follow();
  } catch (error) {
    showProblem(lab, problemOf(error), { retry, host: host.name, experiment: uri });
  }
}

/** After the current merge; asked again, at once. */
export async function stop(lab: Lab, target: Target, now = false): Promise<void> {
  const uri = await whichExperiment(lab, target);
  const model = uri && lab.library.model(uri);
  if (!model || !(await trusted('Stopping a run'))) return;
  const { state } = model.state.run;
  try {
    // Nothing else carries the wish there.
    if (model.state.host?.link === 'apart') await follow(lab, uri);
    model.stop(now || state === 'stopping');
  } catch (error) {
    showProblem(lab, problemOf(error));
  }
}

/** The status bar says so, unless it is switched off. */
function lookedAt(model: ExperimentModel): Thenable<Planned> {
  if (setting('statusBar.enabled', true)) return model.plan();
  const title = 'Merge Lab: looking at models and data';
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => model.plan());
}

function placeOf({ state }: ExperimentModel): string {
  const { experiment, ensemble } = state.parsed;
  const target = (experiment ?? ensemble)?.target ?? 'local';
  return target === 'local' ? 'this machine' : plain(target);
}

async function confirmed({ estimate, missing, precision, plan }: Planned, place: string): Promise<boolean> {
  const what = plan.pools ? 'model or pool' : 'models' in plan.header ? 'model' : 'merge';
  const { seconds } = estimate;
  if (seconds === null || seconds < LONG_SECONDS) return true;
  const answer = await vscode.window.showWarningMessage(
    `This run of ${counted(missing, what)} takes ${precision ? 'at most ' : ''}about ${roughly(seconds)} on ${place}.`,
    {
      modal: true,
      detail: `It goes on when the window is closed, can be stopped after any ${what}, and needs ${bytes(estimate.disk_bytes)} of disk.`,
    },
    'Run',
  );
  return answer === 'Run';
}

async function nothingToDo(uri: vscode.Uri, summary: Planned): Promise<void> {
  const picked = await vscode.window.showInformationMessage(doneSentence(summary), 'Dashboard');
  if (picked) await vscode.commands.executeCommand('mergeLab.openDashboard', uri);
}

function doneSentence({ failed, precision }: Planned): string {
  if (precision?.stop === 'precise')
    return `${precisionSentence(precision)} Nothing is left to do; with a smaller precision a run goes on.`;
  if (failed > 0) return `Nothing is left to do; ${count(failed)} failed.`;
  return 'Everything that this experiment asks for is measured.';
}

function planSentence({ plan, done, missing, precision, estimate, prepared }: Planned): string {
  const merges = plan.total - plan.unmerged;
  const asked =
    'models' in plan.header
      ? modelsAndPools(plan.total, plan.pools)
      : `${counted(merges, 'merge')} and ${counted(plan.unmerged, 'unmerged model')}`;
  const dtype = 'dtype' in prepared ? ` (${prepared.dtype.value})` : '';
  const parts = [
    ...(precision ? [precisionSentence(precision)] : []),
    `${precision ? 'At most ' : ''}${asked}: ${count(done)} done, ${count(missing)} to do.`,
  ];
  if (missing > 0) {
    const time =
      estimate.seconds === null ? 'in a time not known yet' : `in about ${roughly(estimate.seconds)}`;
    const memory = estimate.memory_bytes === null ? '' : `, ${bytes(estimate.memory_bytes)} of memory`;
    parts.push(
      `On ${prepared.device.description}${dtype} ${time}${memory}, ${bytes(estimate.disk_bytes)} of disk.`,
    );
  }
  return parts.join(' ');
}
