/** Keeps the local copy of one plan of a host's store: every byte once, from where it stopped, whatever is cut. */
import path from 'node:path';
import * as z from 'zod';
import { type Problem, ProblemError, problemOf } from '../../core/problem.ts';
import type { PlanId } from '../../core/store/format.ts';
import { notifications } from '../../core/store/protocol.ts';
import type { Agent } from '../agent.ts';
import { isAskedToStop, isAskedToStopNow } from '../run-folders.ts';
import { lock } from '../setup/lock.mjs';
import type { HostLink } from './host-link.ts';
import { MirrorFiles } from './mirror-files.ts';
import { pause } from './pause.ts';
import { isPassing, lost } from './ssh-failure.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const WISHES_MS = 300;
/** Without a word for so long the host is asked for one: ssh does not watch over a connection that is shared. */
const QUIET_MS = 30_000;
/** For a host that stands still to hear that nobody listens any longer. */
const GOODBYE_MS = 1_000;

const streamSchema = z.object({ stream: z.string() });

export interface MirrorOptions {
  /** The store on the host, and its copy here. */
  readonly from: string;
  readonly store: string;
  readonly plan: PlanId;
  /** Waits while another process keeps this plan's copy, and takes over when that one goes. */
  readonly alone: boolean;
  /** The host went out of reach, or (null) is back. */
  readonly onReach?: (problem: Problem | null) => void;
  readonly quietMs?: number;
}

export class Mirror implements AsyncDisposable {
  /** Once everything that was there is here. Rejects with what keeps it from that for good. */
  readonly synced: Promise<void>;
  /** Rejects with what ended it; else never settles. */
  readonly broken: Promise<never>;
  readonly #link: HostLink;
  readonly #options: MirrorOptions;
  readonly #files: MirrorFiles;
  readonly #abort = new AbortController();
  readonly #work: Promise<void>;
  readonly #runs = new Set<string>();
  readonly #wishes = new Set<string>();
  #isSynced: () => void = () => {};
  #fail: (error: unknown) => void = () => {};
  #tries = 0;
  #isAway = false;
  #wasThere = false;
  #heard = 0;

  constructor(link: HostLink, options: MirrorOptions) {
    this.#link = link;
    this.#options = options;
    this.#files = new MirrorFiles(options.store);
    this.broken = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.synced = Promise.race([
      new Promise<void>((resolve) => {
        this.#isSynced = resolve;
      }),
      this.broken,
    ]);
    // Whoever only keeps it going must not be ended by a rejection that nobody awaits.
    this.broken.catch(() => {});
    this.synced.catch(() => {});
    this.#work = this.#keep().catch((error) => this.#fail(error));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#work;
  }

  async #keep(): Promise<void> {
    const { signal } = this.#abort;
    const { store, plan, alone } = this.#options;
    const release = alone
      ? await lock(path.join(store, `.mirror-${plan.slice(0, 16)}.lock`), { onWait: () => {}, signal })
      : () => {};
    const wishes = setInterval(() => void this.#forwardWishes(), WISHES_MS);
    try {
      while (!signal.aborted) {
        await this.#followOnce().catch((error) => this.#out(error));
        if (!signal.aborted)
          await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#tries), signal);
        this.#tries += 1;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearInterval(wishes);
      release();
    }
  }

  /** Until the connection goes, this ends, or a piece is missing. */
  async #followOnce(): Promise<void> {
    const { signal } = this.#abort;
    const agent = await this.#link.agent();
    const ended = new AbortController();
    const early: [string, unknown][] = [];
    let stream: string | null = null;
    using _ = agent.onNotification((method, params) => {
      this.#heard += 1;
      if (stream === null) early.push([method, params]);
      else this.#hear(stream, method, params, ended);
    });
    const { from, plan } = this.#options;
    const asked = { store: from, plan, files: this.#files.offsets() };
    const answer = await agent.request('follow', asked, { signal });
    stream = streamSchema.parse(answer).stream;
    this.#tell(null);
    this.#wasThere = true;
    using _watch = this.#watchOver(agent);
    for (const [method, params] of early.splice(0)) this.#hear(stream, method, params, ended);
    const over = new Promise<void>((resolve) => {
      for (const each of [signal, ended.signal]) {
        if (each.aborted) resolve();
        each.addEventListener('abort', () => resolve(), { once: true });
      }
    });
    await Promise.race([agent.gone(), over]);
    if (signal.aborted || ended.signal.aborted) {
      const told = agent.request('unfollow', { stream }).catch(() => {});
      await Promise.race([told, pause(GOODBYE_MS, new AbortController().signal)]);
      if (ended.signal.reason instanceof ProblemError) throw ended.signal.reason;
    } else this.#tell(lost(this.#link.host));
  }

  #watchOver(agent: Agent): Disposable {
    let before = this.#heard;
    const timer = setInterval(() => {
      if (this.#heard === before) void agent.probe();
      before = this.#heard;
    }, this.#options.quietMs ?? QUIET_MS);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  #hear(stream: string, method: string, params: unknown, ended: AbortController): void {
    if (ended.signal.aborted) return;
    const bytes = method === 'bytes' ? notifications.bytes.safeParse(params).data : undefined;
    const lives = method === 'lives' ? notifications.lives.safeParse(params).data : undefined;
    const said = bytes ?? lives ?? notifications.synced.safeParse(params).data;
    if (said?.stream !== stream) return;
    try {
      if (bytes) {
        const taken = this.#files.take(bytes.path, bytes.offset, Buffer.from(bytes.data, 'base64'));
        if (taken === 'gap') ended.abort();
        const run = bytes.path.match(/^runs\/([^/]+)\//)?.[1];
        if (run !== undefined && taken === 'taken') this.#runs.add(run);
      } else if (lives) this.#files.lives(lives.run, lives);
      else if (method === 'synced') {
        this.#tries = 0;
        // Whoever only looks goes now: a wish from before must not stay behind.
        void this.#forwardWishes().then(this.#isSynced);
      }
    } catch (error) {
      ended.abort(new ProblemError(problemOf(error)));
    }
  }

  /** A wish to stop is a file, as in any store; here it is carried to the host. */
  async #forwardWishes(): Promise<void> {
    const { store, from } = this.#options;
    for (const run of this.#runs) {
      const now = isAskedToStopNow(store, run);
      const wish = `${run} ${now}`;
      if (this.#wishes.has(wish) || !isAskedToStop(store, run)) continue;
      this.#wishes.add(wish);
      await this.#link.request('stop', { store: from, run, now }).catch(() => this.#wishes.delete(wish));
    }
  }

  /** Being back is news only after having been away. */
  #tell(problem: Problem | null): void {
    if (problem !== null || this.#isAway) this.#options.onReach?.(problem);
    this.#isAway = problem !== null;
  }

  #out(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    if (!(error instanceof ProblemError)) throw error;
    // A shared connection that hangs answers nobody anew, until its own ssh gives it up.
    const hangs = this.#wasThere && error.problem.code === 'host_silent';
    if (!hangs && !isPassing(error.problem)) throw error;
    this.#tell(error.problem);
  }
}
