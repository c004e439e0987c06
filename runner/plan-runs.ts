/** The runs of a session's plan: started on its target, followed and looked at in its store, stopped. */
import type { Problem } from '../core/problem.ts';
import type { PlanId, WorkerStatus } from '../core/store/format.ts';
import { isActive, type RunFolder, readRun, runsOf, truthful } from './run-folders.ts';
import { nothingRuns } from './session-errors.ts';
import type { Following, RunOutcome } from './session-types.ts';
import type { Keeping, Launch, Reach, Target } from './target.ts';
import { watchRun } from './watch-run.ts';

export interface Heard {
  /** Of all workers, whenever one of them changes. */
  status(status: readonly WorkerStatus[]): void;
  /** The host went out of reach, or (null) is back. */
  unreachable(problem: Problem | null): void;
}

export class PlanRuns implements Disposable {
  readonly #target: Target;
  readonly #store: string;
  #started: string | null = null;
  /** Copies a host's results here, for as long as this lives. */
  #keeping: { readonly plan: PlanId; readonly keeping: Keeping } | null = null;
  readonly #reach = new Set<Reach>();

  constructor(target: Target, store: string) {
    this.#target = target;
    this.#store = store;
  }

  async start(launch: Omit<Launch, 'store'>): Promise<RunOutcome> {
    const { run, state, note } = await this.#target.launch({ ...launch, store: this.#store });
    this.#started = run;
    const warnings = note === null ? [] : [{ code: 'ends_at_logout', message: note, fix: '' }];
    return { run, state, warnings };
  }

  /** The run that was started here, else the newest that goes on. Throws `nothing_runs`. */
  current(plan: PlanId): string {
    const run = this.#started ?? this.#active(plan)[0]?.run;
    if (run === undefined) throw nothingRuns();
    return run;
  }

  /** Watches the current run to its end. Throws `nothing_runs`. */
  follow(plan: PlanId, heard: Heard): Following {
    const run = this.current(plan);
    const { broken } = this.#copy(plan);
    const statuses = watchRun({ store: this.#store, run }, (status) => heard.status(status));
    const unreachable: Reach = (problem) => heard.unreachable(problem);
    this.#reach.add(unreachable);
    const finished = Promise.race([statuses.finished, broken]);
    // Whoever only listens must not be ended by a rejection that nobody awaits.
    finished.catch(() => {});
    return {
      finished,
      [Symbol.dispose]: () => {
        this.#reach.delete(unreachable);
        statuses[Symbol.dispose]();
      },
    };
  }

  /** Newest run first; starts no Python. */
  status(plan: PlanId): readonly WorkerStatus[] {
    return runsOf(this.#store, plan).flatMap((run) => truthful(this.#store, run));
  }

  /** Ends all that go on after the current merge or model, or at once. Throws `nothing_runs`. */
  async stop(plan: PlanId, now: boolean): Promise<void> {
    const active = this.#active(plan).map(({ run }) => run);
    // Nothing of it may have come from its host yet.
    const started = this.#started !== null && !readRun(this.#store, this.#started) ? [this.#started] : [];
    const going = [...active, ...started];
    if (going.length === 0) throw nothingRuns();
    for (const run of going) await this.#target.stop(this.#store, run, now);
  }

  [Symbol.dispose](): void {
    this.#keeping?.keeping[Symbol.dispose]();
  }

  #active(plan: PlanId): readonly RunFolder[] {
    return runsOf(this.#store, plan).filter(isActive);
  }

  #copy(plan: PlanId): Keeping {
    if (this.#keeping?.plan !== plan) {
      this.#keeping?.keeping[Symbol.dispose]();
      const tell: Reach = (problem) => {
        for (const listener of this.#reach) listener(problem);
      };
      const keeping = this.#target.follow(this.#store, plan, tell);
      this.#keeping = { plan, keeping };
      // What ended it may be mended: whoever follows next begins anew.
      keeping.broken.catch(() => {
        if (this.#keeping?.keeping === keeping) this.#keeping = null;
      });
      return keeping;
    }
    return this.#keeping.keeping;
  }
}
