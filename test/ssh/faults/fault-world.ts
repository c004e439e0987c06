/** An experiment whose merges run on a host that is harmed, a client that follows them, and what must hold afterwards. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { problemOf } from '../../../core/problem.ts';
import type { PlanId } from '../../../core/store/format.ts';
import { hasEnded } from '../../../core/store/status.ts';
import type { ExperimentSession, Following } from '../../../runner/experiment-session.ts';
import { TINY } from '../../runner/tiny-world.ts';
import { filesBelow } from '../look.ts';
import { FaultyHost, signal } from './faulty-host.ts';
import { mergesOf, wholeResults } from './whole-results.ts';

const PATIENCE_MS = 90_000;
const LOOK_MS = 50;
const SLOW_SECONDS = 1;

export class FaultWorld {
  readonly host: FaultyHost;
  readonly file: string;
  session: ExperimentSession;
  /** Codes of what kept the host out of reach, null where it is back, in the order in which they were told. */
  told: (string | null)[] = [];
  /** How the run that is followed ended: a state, or the code of a problem; null while it goes on. */
  ended: string | null = null;
  done = 0;
  #following: Following | null = null;

  private constructor(host: FaultyHost, file: string, session: ExperimentSession) {
    this.host = host;
    this.file = file;
    this.session = session;
  }

  /** Seven subsets by so many masks. */
  static async start(masks: number): Promise<FaultWorld> {
    const host = await FaultyHost.start();
    const seeds = [...Array(masks).keys()].join(', ');
    const methods = `methods: [{ method: dare, drop_rate: 0.2, seeds: [${seeds}] }]\n`;
    const file = host.world.experiment(`${TINY}${methods}target: ${host.world.sshd.alias}\n`);
    host.slow(SLOW_SECONDS);
    return new FaultWorld(host, file, await host.world.open(file));
  }

  /** A run goes on and is followed, and brings news. */
  async amid(): Promise<void> {
    if (this.ended !== null || this.#following === null) await this.launch();
    await this.news();
    this.told = [];
  }

  async launch(): Promise<void> {
    const { state } = await this.session.run();
    assert.ok(state === 'started' || state === 'attached', `there is work left: ${state}`);
    this.follow();
  }

  follow(): void {
    this.#following?.[Symbol.dispose]();
    this.ended = null;
    this.told = [];
    const following = this.session.follow(({ progress, unreachable }) => {
      this.done = progress.done;
      if (unreachable !== undefined) this.told.push(unreachable?.code ?? null);
    });
    this.#following = following;
    const end = (how: string): void => {
      if (this.#following === following) this.ended = how;
    };
    following.finished.then(
      ({ state, problem }) => end(problem?.code ?? state),
      (error: unknown) => end(problemOf(error).code),
    );
  }

  /** After its current merge. */
  async stop(): Promise<void> {
    await this.session.stop(false);
    await this.until('it is stopped', () => this.ended !== null);
    assert.equal(this.ended, 'stopped');
  }

  /** This client goes; what it followed goes on. */
  async close(): Promise<void> {
    this.#following?.[Symbol.dispose]();
    this.#following = null;
    await this.session.dispose();
  }

  async open(): Promise<void> {
    this.session = await this.host.world.open(this.file);
    await this.session.plan();
  }

  /** The same experiment in another folder, with a copy of its own. */
  async another(): Promise<ExperimentSession> {
    return this.host.world.open(this.host.world.experiment(readFileSync(this.file, 'utf8')));
  }

  /** At least one more result arrives. */
  async news(): Promise<void> {
    const before = this.done;
    await this.until('a result arrives', () => this.done > before || this.ended === 'done');
  }

  /** The connection that was told as lost is told as back. */
  async back(): Promise<void> {
    await this.until('the host is back', () => this.told.length > 0 && this.told.at(-1) === null);
  }

  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (const began = performance.now(); !(await isSo()); ) {
      if (performance.now() - began > PATIENCE_MS)
        throw new Error(
          `Waited in vain until ${what}; told ${JSON.stringify(this.told)}, ended ${this.ended}, differs ${this.differs(this.session.store)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** The only one. */
  get plan(): PlanId {
    const [name = ''] = readdirSync(path.join(this.host.store, 'plans'));
    return path.basename(name, '.jsonl') as PlanId;
  }

  results(): readonly string[] {
    return wholeResults(this.host.store);
  }

  /** No result lost or doubled, the copy byte-equal, the state shown true. `known`: what there was before. */
  async aftermath(known: readonly string[]): Promise<void> {
    await this.until('what ended is gone', () => this.ended === null || this.host.workers().length === 0);
    await this.still(async () => {
      await this.until('the copy is equal', () => this.differs(this.session.store) === '');
      const all = this.results();
      assert.equal(new Set(all).size, all.length, 'a result is doubled');
      const lost = known.filter((each) => !all.includes(each));
      assert.deepEqual(lost, [], 'a result is lost');
      const { progress } = await this.session.report('points');
      assert.equal(progress.done, mergesOf(all), 'what is shown is what there is');
      await this.until('the state shown is true', () => this.#isShownTruly());
    });
  }

  /** While no worker works: what stands still can be compared. */
  async still(act: () => Promise<void>): Promise<void> {
    const workers = this.host.workers();
    signal(workers, 'SIGSTOP');
    try {
      await act();
    } finally {
      signal(workers, 'SIGCONT');
    }
  }

  /** The first file of the host that is another one in a copy; empty where all are alike. */
  differs(store: string): string {
    for (const folder of ['results', 'runs']) {
      const here = filesBelow(path.join(store, folder));
      for (const [name, content] of filesBelow(path.join(this.host.store, folder)))
        if (isCopied(name) && (here.get(name) ?? '') !== content) return `${folder}/${name}`;
    }
    return '';
  }

  /** The rest without slowness. */
  async finish(): Promise<void> {
    this.host.slow(0);
    if (this.ended !== null || this.#following === null) await this.launch();
    await this.until('the run is done', () => this.ended !== null);
    assert.equal(this.ended, 'done');
    const { progress } = await this.session.report('points');
    assert.deepEqual([progress.done, progress.failed], [progress.total, 0]);
  }

  async remove(): Promise<void> {
    await this.close();
    await this.host.remove();
  }

  /** Each run goes on here if, and only if, one of its processes does there, and as far as it says there. */
  async #isShownTruly(): Promise<boolean> {
    const shown = await this.session.status();
    return readdirSync(path.join(this.host.store, 'runs'))
      .filter((run) => !run.startsWith('.'))
      .every((run) => {
        const here = shown.filter((status) => status.run === run);
        const lives = this.host.workers(run).length > 0;
        return here.length > 0 && here.some(({ state }) => !hasEnded(state)) === lives;
      });
  }
}

function isCopied(name: string): boolean {
  return name.endsWith('.jsonl') || name.endsWith('.log') || /status\/[^.].*\.json$/.test(name);
}
