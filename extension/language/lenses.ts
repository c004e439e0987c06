/** What stands above the first line: the one obvious thing to do next, and how far it is. */
import { countMerges } from '../../core/design/count-merges.ts';
import type { Experiment } from '../../core/experiment/experiment.ts';
import { averageTitle } from '../../words/ensemble.ts';
import { followUpsText } from '../../words/follow-ups.ts';
import { hostText } from '../../words/hosts.ts';
import { count, counted } from '../../words/numbers.ts';
import { nameList, plain } from '../../words/plain.ts';
import { countsOfWorkers, leftText, percentOfNew } from '../../words/run-progress.ts';
import { roughly } from '../../words/units.ts';
import type { PlanState } from '../experiments/experiment-state.ts';
import { writtenMerge } from '../experiments/written-merge.ts';
import type { EditedExperiment } from './edited-experiment.ts';

export interface Lens {
  readonly title: string;
  /** Null for a remark that does nothing. */
  readonly command: LensCommand | null;
  readonly args: readonly [uri: string];
  readonly tooltip: string;
}

export type LensCommand =
  | 'mergeLab.run'
  | 'mergeLab.stop'
  | 'mergeLab.followRun'
  | 'mergeLab.plan'
  | 'mergeLab.openDashboard'
  | 'mergeLab.mergeRecommended'
  | 'mergeLab.verify'
  | 'mergeLab.scoreOnTasks';

export interface LensPlace {
  /** Of the document, for the commands. */
  readonly uri: string;
  /** What is not trusted can be read, not run. */
  readonly trusted: boolean;
}

export function lenses(edited: EditedExperiment, { uri, trusted }: LensPlace): readonly Lens[] {
  const lens = (command: LensCommand | null, title: string, tooltip: string): Lens => ({
    // The editor would draw `$(name)` as an icon.
    title: title.replaceAll('$(', '$ ('),
    command,
    args: [uri],
    tooltip,
  });
  const contents = edited.ensemble ? 'The oracle, pools and models' : 'Curves, subsets';
  const dashboard = lens('mergeLab.openDashboard', 'Dashboard', `${contents} and the answer in full`);
  if (!trusted) return [dashboard];
  const plan = lens('mergeLab.plan', 'Plan', 'What a run would do, and what it would take');
  const busy = edited.state?.busy;
  const remark = busy ? lens(null, `${plain(busy, 80).replace(/[.…]+$/, '')} …`, '') : null;
  // What goes on stands where one would start it, so that nothing is started twice.
  if (remark && !runs(edited)) return [remark, dashboard];
  return [...actions(edited, lens), plan, dashboard, ...(remark ? [remark] : [])];
}

type MakeLens = (command: LensCommand | null, title: string, tooltip: string) => Lens;

function actions(edited: EditedExperiment, lens: MakeLens): Lens[] {
  const { state } = edited;
  const { host } = state ?? {};
  if (host?.link === 'apart') {
    const [share] = progress(edited);
    const known = share === undefined ? '' : ` (${share} when last seen)`;
    const why = `A run goes on there: ${hostText(host)}. Connects, and shows how far it is`;
    return [lens('mergeLab.followRun', `Follow on ${plain(host.name, 30)}${known}`, why)];
  }
  const remark = host?.link === 'reconnecting' ? [lens(null, hostText(host), '')] : [];
  return [...ofRun(edited, lens), ...remark];
}

function ofRun(edited: EditedExperiment, lens: MakeLens): Lens[] {
  switch (edited.state?.run.state) {
    case 'starting':
      return [lens('mergeLab.stop', '■ Stop (starting)', 'Stop before it begins')];
    case 'queued':
      return [lens('mergeLab.stop', '■ Stop (queued)', waiting(edited))];
    case 'running':
      return [
        lens(
          'mergeLab.stop',
          `■ Stop${inBrackets(progress(edited), ', ')}`,
          `Stop after the current ${thing(edited)}`,
        ),
      ];
    case 'stopping':
      return [
        lens(
          'mergeLab.stop',
          '■ Stop now',
          `The run ends after the current ${thing(edited)}; this ends it at once`,
        ),
      ];
    default:
      return idle(edited, lens);
  }
}

function runs({ state }: EditedExperiment): boolean {
  return /^(starting|queued|running|stopping)$/.test(state?.run.state ?? '');
}

function idle(edited: EditedExperiment, lens: MakeLens): Lens[] {
  const plan = edited.state?.plan ?? null;
  const isDone = plan !== null && plan.missing === 0 && plan.done > 0;
  const run = lens('mergeLab.run', `▶ Run${inBrackets(work(edited, plan))}`, runTooltip(edited, plan));
  if (!isDone) return [run];
  const { report, ensemble, stale } = edited.state ?? {};
  if (edited.ensemble) {
    const title = ensemble && !stale ? averageTitle(ensemble) : '';
    return title === '' ? [] : [lens('mergeLab.verify', title, AVERAGE)];
  }
  const foretold = stale ? '' : followUpsText(report?.study?.follow_ups ?? []);
  const why = 'Foretold to beat what is measured: merge and score them, so that they can be recommended';
  const verify = foretold === '' ? null : lens('mergeLab.verify', `Verify ${foretold}`, why);
  return [mergeLens(edited, lens), verify, tasksLens(edited, lens)].filter((each) => each !== null);
}

const AVERAGE = 'Of models that share a tokenizer, as one predictor: beside their mixture and their oracle';

/** Null where every model is scored on every task. */
function tasksLens({ state }: EditedExperiment, lens: MakeLens): Lens | null {
  const downstream = state?.stale ? undefined : state?.report?.downstream;
  if (!downstream || downstream.missing === 0) return null;
  const { missing, tasks } = downstream;
  const why = `${counted(missing, 'score')} to make, of models that are merged in memory`;
  return lens('mergeLab.scoreOnTasks', `Score on ${counted(tasks.length, 'task')}`, why);
}

/** Of what `merge:` names, else of the recommended subset; null where there is neither for this text. */
function mergeLens({ state, experiment }: EditedExperiment, lens: MakeLens): Lens | null {
  const { report, stale } = state ?? {};
  const subset = report?.headline.subset ?? null;
  const written = experiment ? writtenMerge(experiment) : null;
  if (written) {
    const or = subset && !stale ? ', or the recommended subset' : '';
    return lens('mergeLab.mergeRecommended', `Merge ${written.title}`, `Write ${written.detail}${or}`);
  }
  if (stale || (report && !subset)) return null;
  // While the report of what is there is still being made, its place is kept.
  const tooltip = subset ? `Write the merge of ${nameList(subset, 12)}` : 'The answer is being computed';
  return lens('mergeLab.mergeRecommended', 'Merge recommended subset', tooltip);
}

/** `511 merges`, `about 1 min`, `local`; what is not known is left out. */
function work(edited: EditedExperiment, plan: PlanState | null): readonly string[] {
  if (!plan) {
    const { experiment, ensemble } = edited;
    // Opened with errors: what a run would do is not known, and results are not looked for before it is.
    if (!experiment && !ensemble) return [`first correct ${counted(errorsOf(edited), 'error')}`];
    if (edited.state?.report ?? edited.state?.ensemble) return [];
    return [amount(edited), plain(edited.target, 30)];
  }
  const { seconds } = plan.estimate;
  const time = seconds === null || plan.missing === 0 ? [] : [`about ${roughly(seconds)}`];
  if (plan.done + plan.failed === 0) {
    return [
      edited.ensemble ? amount(edited) : `${bound(edited)}${counted(plan.total - plan.unmerged, 'merge')}`,
      ...time,
      plain(edited.target, 30),
    ];
  }
  const state = edited.state?.run.state;
  const left = state === 'stopped' || state === 'failed' ? 'left' : 'new';
  return plan.missing === 0 ? [] : [`${bound(edited)}${count(plan.missing)} ${left}`, ...time];
}

/** What the file asks for: `511 merges`, `42 models`. */
function amount(edited: EditedExperiment): string {
  const { experiment, ensemble } = edited;
  if (ensemble) return counted(ensemble.models.size, 'model');
  return experiment ? `${bound(edited)}${counted(mergesOf(experiment), 'merge')}` : '';
}

function thing({ ensemble }: EditedExperiment): 'merge' | 'model' {
  return ensemble ? 'model' : 'merge';
}

/** A sweep until its means are known may need fewer. */
function bound({ experiment }: EditedExperiment): string {
  return experiment?.sweep.subsets.kind === 'precision' ? 'at most ' : '';
}

const counts = new WeakMap<Experiment, number>();

/** Counted once for a text: a design of permutations is drawn for it. */
function mergesOf(experiment: Experiment): number {
  const known = counts.get(experiment) ?? countMerges(experiment);
  counts.set(experiment, known);
  return known;
}

function runTooltip(edited: EditedExperiment, plan: PlanState | null): string {
  const errors = errorsOf(edited);
  if (errors > 0) return `First correct ${counted(errors, 'error')} in this file`;
  if (!plan)
    return edited.ensemble
      ? 'Score each model by itself, on the same samples'
      : 'Merge the subsets and score each of them';
  const { done, failed, missing, estimate, unmerged } = plan;
  const parts = [
    `${plan.pools ? count(missing) : counted(missing, 'model')} to score`,
    done === 0 && !edited.ensemble ? `${count(unmerged)} of them unmerged, as they are` : '',
    done > 0 ? `${count(done)} done` : '',
    failed > 0 ? `${count(failed)} failed` : '',
    `time by ${plain(estimate.basis, 120)}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

function errorsOf({ parsed }: EditedExperiment): number {
  return parsed.diagnostics.filter(({ severity }) => severity === 'error').length;
}

/** How far the run is in what is new, and how long it will take. */
function progress({ state }: EditedExperiment): readonly string[] {
  const workers = state?.run.workers ?? [];
  const share = percentOfNew(countsOfWorkers(workers));
  const left = leftText(workers, Boolean(state?.report?.precision));
  return share === '' ? [] : [share, left].filter(Boolean);
}

function waiting({ state }: EditedExperiment): string {
  const reason = state?.run.workers.find(({ waiting_for }) => waiting_for !== null)?.waiting_for;
  return reason ? `Waiting for ${plain(reason, 120)}; stop it before it begins` : 'Stop it before it begins';
}

function inBrackets(parts: readonly string[], separator = ' · '): string {
  const said = parts.filter(Boolean);
  return said.length === 0 ? '' : ` (${said.join(separator)})`;
}
