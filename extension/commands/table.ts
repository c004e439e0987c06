/** Every command by its id. None rejects: whatever goes wrong is told. */
import * as vscode from 'vscode';
import { stringify } from 'yaml';
import { problemOf } from '../../core/problem.ts';
import type { MergeName } from '../../webview/messages.ts';
import { checkEnvironment, setUp } from '../agent/set-up.ts';
import type { Lab } from '../lab.ts';
import { showProblem } from '../show-problem.ts';
import { discardResults } from './discard.ts';
import { exportReport } from './export-report.ts';
import { insertRecommended, insertSubset } from './insert.ts';
import { copyMergekit, merge } from './merge.ts';
import { follow, plan, run, stop, verify } from './run.ts';
import { runOn } from './run-on.ts';
import { openSample } from './sample.ts';
import { scoreOnTasks } from './score-on-tasks.ts';
import { type Target, whichExperiment } from './which-experiment.ts';

type Command = (lab: Lab, target: Target, name?: MergeName) => unknown;

const COMMANDS: Readonly<Record<string, Command>> = {
  newExperiment: () => {
    const { newExperiment }: typeof import('./new-experiment.ts') = require('./new-experiment.cjs');
    return newExperiment(stringify);
  },
  openSample: (lab) => openSample(lab),
  run,
  runOn,
  plan,
  verify,
  scoreOnTasks,
  followRun: (lab, target) => follow(lab, target),
  stop: (lab, target) => stop(lab, target),
  stopNow: (lab, target) => stop(lab, target, true),
  refresh: async (lab, target) => {
    const uri = await whichExperiment(lab, target);
    await (uri && lab.library.model(uri)?.refresh());
  },
  openDashboard: async (lab, target) => {
    const uri = await whichExperiment(lab, target);
    if (uri) lab.dashboards.open(uri, { preserveFocus: false });
  },
  mergeRecommended: (lab, target) => merge(lab, target),
  insertExpertSubset: (lab, target) => insertSubset(lab, target),
  insertRecommendedSubset: insertRecommended,
  copyMergekit: (lab, target, name) => copyMergekit(lab, target, name),
  exportReport,
  discardResults,
  setUpAgent: (lab) => setUp(lab),
  checkEnvironment: (lab) => checkEnvironment(lab),
  showLog: (lab) => lab.log.show(),
};

export function registerCommands(lab: Lab): vscode.Disposable {
  const registered = Object.entries(COMMANDS).map(([name, command]) =>
    vscode.commands.registerCommand(`mergeLab.${name}`, async (target?: Target, merge?: MergeName) => {
      try {
        // A second argument that is not ours: menus give the list of selected items.
        await command(lab, target, isMergeName(merge) ? merge : undefined);
      } catch (error) {
        showProblem(lab, problemOf(error));
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

function isMergeName(value: unknown): value is MergeName {
  return typeof value === 'object' && value !== null && 'members' in value;
}
