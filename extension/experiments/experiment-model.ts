/**
 * One experiment file as the editor knows it: its text, what the store says of it, and its run. No `vscode` here:
 * texts come in, states go out.
 */
import path from 'node:path';
import type { Experiment } from '../../core/experiment/experiment.ts';
import type { Parsed } from '../../core/experiment/parse.ts';
import type { HostView } from '../../core/hosts/host-view.ts';
import type { ModelsOffer } from '../../core/hosts/missing-model.ts';
import { type Problem, ProblemError, problemOf } from '../../core/problem.ts';
import type { EnsembleDocument } from '../../core/report/ensemble-document.ts';
import { type MergeChoice, mergekitYaml } from '../../core/report/mergekit.ts';
import type { Progress, Report } from '../../core/report/report.ts';
import { tunedMerge } from '../../core/report/tuned-merge.ts';
import type { PlanId, WorkerStatus } from '../../core/store/format.ts';
import type { AnalysisUpdate } from '../../runner/analysis.ts';
import type { AnyOutline, AnyReport } from '../../runner/analysis-messages.ts';
import type { AnalysisPool } from '../../runner/analysis-pool.ts';
import type { HarnessPlace } from '../../runner/downstream/harness.ts';
import type { ExperimentSession } from '../../runner/experiment-session.ts';
import { lastNews } from '../../runner/hosts/mirror-files.ts';
import { readRun, runNames, runsOf } from '../../runner/run-folders.ts';
import { ofAnEnsemble } from '../../runner/session-errors.ts';
import type {
  DownstreamOutcome,
  DownstreamWatch,
  Known,
  KnownEnsemble,
  MergeOptions,
  MergeWatch,
  MergeWritten,
  OpenOptions,
  Verification,
} from '../../runner/session-types.ts';
import type { RunView } from '../../webview/messages.ts';
import { NOTHING_TO_AVERAGE } from '../../words/ensemble.ts';
import type { ExperimentState, PlanState } from './experiment-state.ts';
import { HostHearing } from './host-hearing.ts';
import { InTurn } from './in-turn.ts';
import { onTarget } from './on-target.ts';
import { RunTracker } from './run-tracker.ts';
import { sameAim, sameQuestion } from './same-question.ts';
import {
  type AnyPrepared,
  foundBy,
  type Looked,
  NOTHING_KNOWN,
  openWork,
  type Planned,
  preparedPart,
  type Question,
  reportPart,
  type Work,
} from './work.ts';

export interface ModelOptions {
  /** Asked anew whenever a session is made. */
  readonly session: () => Pick<OpenOptions, 'python' | 'home' | 'workers'>;
  readonly analyses: AnalysisPool;
  /** Called whenever the state changed. */
  readonly changed: () => void;
  /** Called once when a run has ended, however it did. */
  readonly ended: (end: RunEnd) => void;
  readonly now: () => number;
}

export type RunEnd =
  | { readonly kind: 'ended'; readonly status: WorkerStatus; readonly seconds: number }
  | { readonly kind: 'died'; readonly problem: Problem };

const IDLE: RunView = { state: 'idle', workers: [], pace: [] };
/** After the last key stroke; numbers wait for a pause, diagnostics do not. */
const PAUSE_MS = 150;
/** Another window, or the command line, may start a run. */
const OTHERS_MS = 2_000;
const WRONG = 'The text has errors: this is of the last text without.';
const COMPUTING = 'The numbers of this text are being computed.';
const CHANGED = 'Models or data changed, or were not looked at yet: run or plan to see.';

/** What may be run, of one text for good. */
interface Job {
  readonly session: Work;
  readonly question: Question;
  /** What was planned last of it. */
  readonly plan: PlanId | null;
}

export class ExperimentModel {
  readonly file: string;
  readonly #options: ModelOptions;
  readonly #jobs = new InTurn();
  readonly #others: NodeJS.Timeout;
  readonly #busyWith: string[] = [];
  #state: ExperimentState;
  /** Without what `on` says; and the target that it names, or did before it had errors. */
  #text: Parsed;
  #target: string | undefined;
  /** Where this window runs it, other than its text says; null for as it says. */
  #on: string | null = null;
  #looked: Looked | null = null;
  #watching: Disposable | null = null;
  /** What was planned last, and would be run. */
  #job: Job | null = null;
  /** Of which text the report and `prepared` are. */
  #reportOf: Question | null = null;
  #preparedOf: Question | null = null;
  #tracker: RunTracker | null = null;
  /** The last run that was started here. */
  #started = '';
  /** What the run was to find out when it was started here, or found. */
  #trackedFor: Question | null = null;
  #hearing: HostHearing | null = null;
  #runs = '';
  #timer: NodeJS.Timeout | null = null;
  #generation = 0;
  #abort = new AbortController();
  #disposed = false;

  constructor(file: string, parsed: Parsed, options: ModelOptions) {
    this.file = file;
    this.#text = parsed;
    this.#target = questionIn(parsed)?.target;
    this.#options = options;
    this.#state = {
      ...NOTHING_KNOWN,
      file,
      parsed,
      valid: questionIn(parsed) ? parsed : null,
      stale: null,
      run: IDLE,
      host: null,
      busy: null,
      problem: null,
    };
    this.#others = setInterval(() => this.#joinRun(), OTHERS_MS);
    if (questionIn(parsed)) this.#lookSoon(0);
  }

  get state(): ExperimentState {
    return this.#state;
  }

  /** The text as it stands now. Numbers follow after a pause, and only where the text asks another question. */
  use(text: Parsed, pause = PAUSE_MS): void {
    const target = questionIn(text)?.target ?? this.#target;
    if (target !== this.#target) this.#on = null;
    this.#text = text;
    this.#target = target;
    const parsed = onTarget(text, this.#on);
    const before = questionIn(this.#state.valid);
    const now = questionIn(parsed);
    const isOther = before !== null && now !== null && before.kind !== now.kind;
    this.#set({ parsed, valid: now ? parsed : this.#state.valid, ...(isOther ? NOTHING_KNOWN : {}) });
    if (now && !(before && sameQuestion(before, now))) this.#lookSoon(pause);
  }

  /** Plans, runs and reports on another target than the text names, until it names another; null goes back to it. */
  on(target: string | null): void {
    this.#on = target;
    this.use(this.#text, 0);
  }

  /** Looks again at models, data and results; starts nothing. */
  async refresh(): Promise<void> {
    await this.#look();
  }

  /** Looks at models and data, which may start Python, and says what a run of the text as it stands would do. */
  async plan(): Promise<Planned> {
    const question = this.#validText();
    return this.#busy('Looking at models and data', async () => {
      const { session } = await this.#jobOf(question);
      try {
        const summary = await session.plan();
        this.#job = { session, question, plan: summary.plan.id };
        this.#prepared(summary.prepared, question);
        return summary;
      } catch (error) {
        const found = foundBy(error);
        if (found) this.#prepared(found, question);
        throw error;
      } finally {
        await this.#look();
      }
    });
  }

  /** Models of this machine that are all that the host lacked when it was planned last. */
  get offer(): ModelsOffer | null {
    return this.#job?.session.offer ?? null;
  }

  /** Copies them there, after the user agreed; `plan` then finds them. */
  async sendModels(watch: MergeWatch): Promise<void> {
    const { session } = this.#job ?? {};
    await this.#busy('Copying models', async () => session?.sendModels(watch));
  }

  /** Starts a run of what was planned last, whatever the text has become since, or joins the one that goes on. */
  async run(): Promise<'started' | 'queued' | 'attached' | 'nothing_to_do'> {
    return this.#busy('Starting the run', async () => {
      const { session, question, plan } = this.#job ?? (await this.#jobOf(this.#validText()));
      const { run, state, warnings } = await session.run();
      const [warning] = warnings;
      if (warning) this.#set({ problem: warning });
      if (state !== 'nothing_to_do') {
        const { store, target: host } = session;
        this.#started = run;
        this.#track(store, run, question);
        if (host !== 'local' && plan) this.#hear(new HostHearing({ host, store, plan }));
      }
      return state;
    });
  }

  /** Brings the news of a run on a host here that another window started, or the command line. */
  async follow(): Promise<void> {
    const [tracker, host] = [this.#tracker, this.#state.host];
    const plan = tracker && readRun(tracker.store, tracker.run)?.plan;
    if (!host || !plan || this.#hearing) return;
    await this.#busy(`Connecting to ${host.name}`, async () => {
      const hearing = new HostHearing({ host: host.name, store: tracker.store, plan });
      try {
        await hearing.catchUp();
      } catch (error) {
        await hearing[Symbol.asyncDispose]();
        throw error;
      }
      if (this.#tracker === tracker && tracker.active && !this.#hearing) this.#hear(hearing);
      else await hearing[Symbol.asyncDispose]();
    });
  }

  /**
   * Adds what is foretold to beat what is measured to the plan of the text as it stands, of an ensemble averaged logits;
   * `plan` and `run` then measure it.
   */
  async verify(unasked = false): Promise<Pick<Verification, 'reason'>> {
    const question = this.#validText();
    return this.#busy('Looking for what may be better', async () => {
      const { session } = await this.#jobOf(question);
      if (session.kind === 'merge') return session.verify();
      const pools = await session.verify({ unasked });
      return { reason: pools.length > 0 ? null : NOTHING_TO_AVERAGE };
    });
  }

  /** Asks the run to end after the current merge, or at once. */
  stop(now: boolean): void {
    this.#tracker?.stop(now);
  }

  async merge(options: MergeOptions): Promise<MergeWritten> {
    const question = this.#validText();
    return this.#busy('Merging', async () => {
      const { session } = await this.#jobOf(question);
      return this.#merging(session).merge(options);
    });
  }

  /** Scores the models that the report singles out on the tasks of the text as it stands. */
  async downstream(watch: DownstreamWatch): Promise<DownstreamOutcome> {
    const question = this.#validText();
    return this.#busy('Scoring on tasks', async () => {
      const { session } = await this.#jobOf(question);
      const merging = this.#merging(session);
      merging.checkTasks();
      try {
        return await merging.downstream(watch);
      } finally {
        await this.#look();
      }
    });
  }

  /** The evaluation harness where the models of the text as it stands are scored. */
  async harness(): Promise<HarnessPlace> {
    const question = this.#validText();
    return this.#busy('Looking for the evaluation harness', async () =>
      this.#merging((await this.#jobOf(question)).session).harness(),
    );
  }

  /** Installs it there, after the user agreed. */
  async installHarness(tell: (words: string) => void, signal: AbortSignal): Promise<void> {
    const question = this.#validText();
    return this.#busy('Installing the evaluation harness', async () =>
      this.#merging((await this.#jobOf(question)).session).installHarness(tell, signal),
    );
  }

  /** The report under other goals. */
  async explore(goals: Partial<Experiment['goals']>, stage: 'points' | 'complete'): Promise<Report> {
    if (!this.#looked?.plan) throw notLookedAt();
    return this.#merging(this.#looked.session).explore(goals, stage);
  }

  /** The report with Shapley values in its study. */
  async withShapley(): Promise<Report> {
    if (!this.#looked?.plan) throw notLookedAt();
    return this.#merging(this.#looked.session).withShapley();
  }

  /** The report of an ensemble with its intervals. */
  async completeEnsemble(): Promise<EnsembleDocument> {
    const session = this.#looked?.session;
    if (session?.kind !== 'ensemble') throw notLookedAt();
    return session.report();
  }

  /** mergekit's configuration of a merge; null where there is no equivalent one, or no plan is known. */
  mergekit(choice: MergeChoice): string | null {
    const { plan, question } = this.#looked ?? {};
    if (!plan || !('sizes' in plan.header) || question?.kind !== 'merge') return null;
    const { header } = plan;
    const spec = question.methods[choice.method];
    const seed = spec && 'seeds' in spec ? (choice.seed ?? spec.seeds[0] ?? 0) : null;
    const dtype = this.#state.prepared?.models[`${choice.size}/base`]?.dtype;
    const { report } = this.#state;
    const tuned = report && tunedMerge(header, report, choice);
    const meant = { ...choice, seed, method: tuned?.method ?? choice.method };
    return mergekitYaml(header, meant, dtype === 'mixed' ? undefined : dtype);
  }

  /** Whether a plan was found whose reports arrive. */
  get watched(): boolean {
    return this.#watching !== null;
  }

  /** Where results lie, or would; null before anything was looked at. */
  get store(): string | null {
    return this.#looked?.session.store ?? null;
  }

  /** Ends the sessions and forgets what was read; `refresh` goes on with new ones. A run is not touched. */
  async close(): Promise<void> {
    this.#generation++;
    this.#abort.abort();
    this.#abort = new AbortController();
    await this.#jobs.next(() => this.#end());
  }

  /** The results are gone: so is what was known of them. */
  async forget(): Promise<void> {
    await this.close();
    this.#tracker?.dispose();
    this.#tracker = null;
    this.#reportOf = null;
    this.#set({ ...NOTHING_KNOWN, run: IDLE, host: null, problem: null });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#generation++;
    this.#abort.abort();
    clearInterval(this.#others);
    if (this.#timer) clearTimeout(this.#timer);
    this.#tracker?.dispose();
    await this.#jobs.next(() => this.#end());
  }

  #set(change: Partial<ExperimentState>): void {
    if (this.#disposed) return;
    const next = { ...this.#state, ...change };
    const stale = this.#staleness(next);
    this.#state = { ...next, stale, plan: stale === null ? planLeft(next) : next.plan };
    this.#options.changed();
  }

  /** Why the report is not of the text as it stands. */
  #staleness({ report, ensemble, parsed, valid }: ExperimentState): string | null {
    const asked = questionIn(valid);
    if (!(report ?? ensemble) || !asked) return null;
    if (!questionIn(parsed)) return WRONG;
    if (!this.#reportOf || !sameQuestion(this.#reportOf, asked)) {
      const looked = this.#looked;
      const isLooked = looked !== null && sameQuestion(looked.question, asked);
      return isLooked && !looked.isPrepared ? CHANGED : COMPUTING;
    }
    return this.#looked?.isPrepared === false ? CHANGED : null;
  }

  #lookSoon(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#look();
    }, ms);
  }

  /** What the store says of the last valid text. The newest call wins. */
  async #look(): Promise<void> {
    const generation = ++this.#generation;
    const question = questionIn(this.#state.valid);
    // A file that was never saved has no folder, and so no store.
    if (!question || !path.isAbsolute(this.file) || this.#disposed) return;
    let session: Work | null = null;
    try {
      session = openWork(this.file, question, this.#sessionOptions(true));
      const known = await session.look();
      if (generation === this.#generation) await this.#known(session, question, known);
      else await session.dispose();
    } catch (error) {
      await session?.dispose();
      if (generation === this.#generation) this.#set({ problem: problemOf(error), plan: null });
    }
  }

  async #known(session: Work, question: Question, known: Known | KnownEnsemble): Promise<void> {
    const before = this.#looked;
    const { plan, look, prepared, estimate } = known;
    this.#looked = { session, question, plan, isPrepared: prepared !== null };
    if (prepared) this.#preparedOf = question;
    const isStill = this.#preparedOf !== null && sameQuestion(this.#preparedOf, question);
    const { problem } = this.#state;
    this.#set({
      plan: plan && look && estimate ? planState(plan, look.progress, estimate) : null,
      ...(isStill ? {} : { prepared: null, members: null }),
      ...(prepared ? preparedPart(question.kind, prepared) : {}),
      problem: problem?.code === 'run_died' ? problem : (look?.problems[0] ?? null),
    });
    this.#watch(this.#looked);
    this.#runs = '';
    this.#joinRun();
    // After the new one: the worker of a store that both share goes on.
    await before?.session.dispose();
  }

  #prepared(prepared: AnyPrepared, question: Question): void {
    this.#preparedOf = question;
    this.#set(preparedPart(question.kind, prepared));
  }

  /** Reports of a plan as results arrive, from wherever they come. */
  #watch({ session, question, plan }: Looked): void {
    this.#watching?.[Symbol.dispose]();
    this.#watching = null;
    if (!plan) return;
    this.#watching = session.watch(plan.id, ({ progress, report, problem }: AnalysisUpdate<AnyReport>) => {
      const { plan: shown } = this.#state;
      if (report) this.#reportOf = question;
      if (report?.kind === 'merge' && question.kind === 'merge') this.#endWhenPrecise(report, question);
      this.#set({
        ...(shown && progress ? { plan: planState(plan, progress, shown.estimate) } : {}),
        ...(report ? { ...reportPart(report), updated: this.#options.now() } : {}),
        ...(problem ? { problem } : {}),
      });
    });
  }

  /** A run of this plan that goes on, whoever started it; else how the newest one ended. */
  #joinRun(): void {
    const looked = this.#looked;
    if (!looked?.plan || this.#tracker?.active) return;
    const { store } = looked.session;
    const names = runNames(store).join();
    if (names === this.#runs) return;
    this.#runs = names;
    const [newest] = runsOf(store, looked.plan.id);
    if (newest) this.#track(store, newest.run, looked.question);
    else if (this.#tracker) {
      this.#tracker.dispose();
      this.#tracker = null;
      this.#set({ run: IDLE, host: null });
    }
  }

  #track(store: string, run: string, question: Question): void {
    if (this.#disposed || (this.#tracker?.run === run && this.#tracker.store === store)) return;
    this.#tracker?.dispose();
    this.#tracker = null;
    void this.#deaf();
    const tracker = new RunTracker(store, run, this.#options.now, (view) => this.#set({ run: view }));
    this.#tracker = tracker;
    this.#trackedFor = question;
    this.#set({ run: tracker.view, host: this.#hostOf(tracker) });
    void this.#untilEnd(tracker);
  }

  /** Null where the run is on this machine, or has ended. */
  #hostOf({ active, store, run }: RunTracker): HostView | null {
    const name = this.#trackedFor?.target ?? 'local';
    if (name === 'local' || !active) return null;
    return { name, link: this.#hearing?.link ?? 'apart', seen: lastNews(store, run) };
  }

  /** Until the run ends, or nothing can be heard of it any more. */
  #hear(hearing: HostHearing): void {
    const before = this.#hearing;
    this.#hearing = hearing;
    void before?.[Symbol.asyncDispose]();
    hearing.begin((problem) => {
      if (this.#hearing !== hearing) return;
      if (problem) {
        this.#set({ problem });
        void this.#deaf();
      } else this.#showHost();
    });
    this.#showHost();
  }

  async #deaf(): Promise<void> {
    const hearing = this.#hearing;
    this.#hearing = null;
    this.#showHost();
    await hearing?.[Symbol.asyncDispose]();
  }

  #showHost(): void {
    this.#set({ host: this.#tracker && this.#hostOf(this.#tracker) });
  }

  /** By the question that the run was started for: what is typed meanwhile never ends it. */
  #endWhenPrecise(report: Report, experiment: Experiment): void {
    const tracker = this.#tracker;
    if (report.precision?.stop !== 'precise' || !tracker?.active || tracker.view.state === 'stopping') return;
    const isOfPlan = tracker.view.workers.some(({ plan }) => plan === report.plan);
    const started = this.#trackedFor;
    if (isOfPlan && started?.kind === 'merge' && sameAim(started, experiment)) tracker.stop(false);
  }

  async #untilEnd(tracker: RunTracker): Promise<void> {
    let end: RunEnd;
    try {
      const status = await tracker.following.finished;
      end = { kind: 'ended', status, seconds: tracker.seconds };
      if (tracker.seen) this.#set({ problem: status.problem });
    } catch (error) {
      if (this.#disposed || this.#tracker !== tracker) return;
      end = { kind: 'died', problem: problemOf(error) };
      this.#set({ problem: end.problem });
      tracker.failed();
    }
    if (this.#tracker === tracker) void this.#deaf();
    // Two models that are scored can be compared.
    const isDone = end.kind === 'ended' && end.status.state === 'done' && end.status.done > 1;
    if (isDone && (await this.#averages(tracker))) return;
    if (tracker.seen) this.#options.ended(end);
  }

  /** After an ensemble's run that was started here, averages logits where that is cheap. @returns whether a run does */
  async #averages({ run }: RunTracker): Promise<boolean> {
    const asked = this.#trackedFor;
    if (run !== this.#started || asked?.kind !== 'ensemble') return false;
    const { problem } = this.#state;
    // What is typed meanwhile is no question that anybody started a run of.
    const isStill = (now: Question | null | undefined) => !this.#disposed && now && sameQuestion(asked, now);
    try {
      if (!isStill(questionIn(this.#state.parsed)) || (await this.verify(true)).reason !== null) return false;
      if (!isStill(questionIn(this.#state.parsed))) return false;
      await this.plan();
      if (!isStill(questionIn(this.#state.parsed)) || !isStill(this.#job?.question)) return false;
      return (await this.run()) !== 'nothing_to_do';
    } catch {
      // Nobody asked: the run that ended well is what is told.
      this.#set({ problem });
      return false;
    }
  }

  /** Jobs wait for each other; what each does is said. */
  async #busy<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#busyWith.push(what);
    this.#set({ busy: what, problem: null });
    try {
      return await this.#jobs.next(work);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code !== 'cancelled') this.#set({ problem });
      throw error;
    } finally {
      this.#busyWith.splice(this.#busyWith.indexOf(what), 1);
      this.#set({ busy: this.#busyWith.at(-1) ?? null });
    }
  }

  /** For what merging alone has. */
  #merging(session: Work): ExperimentSession {
    if (session.kind === 'merge') return session;
    throw ofAnEnsemble(this.file);
  }

  #validText(): Question {
    const question = questionIn(this.#state.parsed);
    if (question) return question;
    const error = notValid(this.#state.parsed);
    this.#set({ problem: error.problem });
    throw error;
  }

  /** A session that may write, of one text for good. Called in turn only. */
  async #jobOf(question: Question): Promise<Job> {
    if (this.#disposed) throw notLookedAt();
    if (this.#job?.question === question) return this.#job;
    const before = this.#job;
    this.#job = { session: openWork(this.file, question, this.#sessionOptions(false)), question, plan: null };
    await before?.session.dispose();
    return this.#job;
  }

  #sessionOptions(readOnly: boolean): OpenOptions {
    const { signal } = this.#abort;
    return { ...this.#options.session(), analyses: this.#options.analyses, readOnly, signal };
  }

  async #end(): Promise<void> {
    this.#watching?.[Symbol.dispose]();
    this.#watching = null;
    const sessions = [this.#looked?.session, this.#job?.session];
    this.#looked = null;
    this.#job = null;
    await Promise.all([this.#deaf(), ...sessions.map((session) => session?.dispose())]);
  }
}

/** Nothing is left of a plan whose means are all known as well as was asked for. */
function planLeft({ plan, report }: ExperimentState): PlanState | null {
  return plan && report?.precision?.stop === 'precise' ? { ...plan, missing: 0 } : plan;
}

function planState(
  { total, unmerged, pools = 0 }: AnyOutline,
  { done, failed }: Pick<Progress, 'done' | 'failed'>,
  estimate: PlanState['estimate'],
): PlanState {
  return { total, unmerged, pools, done, failed, missing: Math.max(0, total - done - failed), estimate };
}

function questionIn(parsed: Pick<Parsed, 'experiment' | 'ensemble'> | null): Question | null {
  return parsed?.experiment ?? parsed?.ensemble ?? null;
}

function notValid({ diagnostics }: Parsed): ProblemError {
  const first = diagnostics.find(({ severity }) => severity === 'error');
  return new ProblemError({
    code: 'experiment_invalid',
    message: `The experiment has an error in line ${first?.line ?? 1}: ${first?.message ?? 'it cannot be read.'}`,
    fix: first?.fix ?? 'Correct it, then try again.',
  });
}

function notLookedAt(): ProblemError {
  return new ProblemError({
    code: 'not_planned',
    message: 'Nothing is known of this experiment yet.',
    fix: 'Run it first.',
  });
}
