/** A host behind ssh as the place where merges run: the store on this machine is a copy of what lies there. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { Host } from '../../core/hosts/host.ts';
import type { ModelsOffer } from '../../core/hosts/missing-model.ts';
import { ProblemError, problemOf } from '../../core/problem.ts';
import type { PlanId, PrepareRequest } from '../../core/store/format.ts';
import { calls } from '../../core/store/protocol.ts';
import type { DownstreamRequest } from '../downstream/downstream-request.ts';
import type { HarnessPlace } from '../downstream/harness.ts';
import type { GeometryRequest } from '../geometry-files.ts';
import { checked, launchedSchema } from '../local-target.ts';
import type { AnyPrepared, Preparation } from '../prepared-cache.ts';
import { askToStop } from '../run-folders.ts';
import type { DownstreamOutcome, DownstreamWatch, MergeWatch } from '../session-types.ts';
import type { Keeping, Launch, Launched, MergeDocument, Reach, Target } from '../target.ts';
import { fromHost, keepPrepared, sendData, toHost } from './data-on-host.ts';
import { downstreamOnHost } from './downstream-on-host.ts';
import { installOnHost } from './harness-on-host.ts';
import type { HostLink } from './host-link.ts';
import { mergeOnHost } from './merge-on-host.ts';
import { Mirror } from './mirror.ts';
import { type ModelToSend, missingThere, modelsToSend } from './missing-models.ts';
import { sendModels } from './model-to-host.ts';
import { pause } from './pause.ts';
import { ofHost } from './problem-of-host.ts';
import { isPassing } from './ssh-failure.ts';
import { fetchFile, sendFile } from './transfer.ts';

/** For everything that is known of a plan to arrive. */
const SYNC_MS = 120_000;

const stoppedSchema = z.looseObject({ state: z.string() });

export class SshTarget implements Target {
  readonly #link: HostLink;
  readonly #signal: AbortSignal;
  readonly #mirrors = new Set<Mirror>();
  #toSend: readonly ModelToSend[] = [];

  constructor(link: HostLink, signal: AbortSignal = new AbortController().signal) {
    this.#link = link;
    this.#signal = signal;
  }

  get host(): Host {
    return this.#link.host;
  }

  deviceOfPlans(asked: string): string {
    const { slurm, ray } = this.host;
    if (!slurm && !ray) return asked;
    if (ray && asked === 'auto') return `ray:${ray}`;
    const onGpu = asked === 'auto' ? (slurm?.gpus ?? 0) !== 0 : asked !== 'cpu';
    return onGpu ? 'elsewhere:cuda' : 'elsewhere:cpu';
  }

  async prepare<A extends AnyPrepared>(request: PrepareRequest, of: Preparation<A>): Promise<A> {
    this.#toSend = [];
    const { store, models } = await this.#link.place();
    const data = await sendData(this.#link, store, request, this.#signal);
    const answer = await this.#ask('prepare', toHost(request, data, { store, models }), of.schema);
    const told = fromHost(answer, data);
    this.#toSend = modelsToSend(told.problems, request);
    const problems = told.problems.map((found) =>
      ofHost(missingThere(found, request, models, this.host), this.host),
    );
    const prepared = { ...told, problems };
    for (const id of of.evaluationsOf(prepared)) await this.#fetch(request.store, 'evaluations', id);
    keepPrepared(request, prepared, data);
    return prepared;
  }

  get offer(): ModelsOffer | null {
    return this.#toSend.length === 0 ? null : { host: this.host.name, models: this.#toSend };
  }

  async sendModels(watch: MergeWatch): Promise<void> {
    await sendModels(this.#link, this.#toSend, { ...watch, signal: this.#either(watch.signal) });
    this.#toSend = [];
  }

  async geometry(request: GeometryRequest): Promise<void> {
    const { store } = await this.#link.place();
    const { key } = await this.#ask('geometry', { ...request, store }, calls.geometry.answer);
    await this.#fetch(request.store, 'geometry', key);
  }

  async launch(request: Launch): Promise<Launched> {
    const { store } = await this.#link.place();
    const { workers, slurm, ray } = this.host;
    await this.#sendPlan(request.store, request.plan);
    const { run, state, note } = await this.#ask(
      'launch',
      { workers, ...(slurm ? { slurm } : {}), ...(ray ? { ray } : {}), ...request, store },
      launchedSchema,
    );
    return { run, state, note: note ?? null };
  }

  /** The wish is kept here first: while the host is out of reach, the copy that is kept carries it there later. */
  async stop(store: string, run: string, now: boolean): Promise<void> {
    try {
      askToStop(store, run, now);
    } finally {
      await this.#tellToStop(run, now);
    }
  }

  async merge(document: MergeDocument, watch: MergeWatch = {}): Promise<{ readonly out: string }> {
    await this.#sendPlan(document.store, document.plan);
    return mergeOnHost(this.#link, document, { ...watch, signal: this.#either(watch.signal) });
  }

  async downstream(request: DownstreamRequest, watch: DownstreamWatch = {}): Promise<DownstreamOutcome> {
    await this.#sendPlan(request.store, request.plan);
    try {
      return await downstreamOnHost(this.#link, request, { ...watch, signal: this.#either(watch.signal) });
    } finally {
      await this.sync(request.store, request.plan);
    }
  }

  async harness(): Promise<HarnessPlace> {
    const { python } = await this.#link.place();
    const { version } = await this.#ask('harness', {}, calls.harness.answer);
    return { python, version, own: this.host.python === null, host: this.host.name };
  }

  async installHarness(tell: (words: string) => void, signal?: AbortSignal): Promise<void> {
    await installOnHost(this.host, await this.#link.place(), tell, this.#either(signal));
  }

  async sync(store: string, plan: PlanId): Promise<void> {
    await this.#sendPlan(store, plan);
    const mirror = await this.#mirror(store, plan, false);
    const ended = new AbortController();
    const late = pause(SYNC_MS, AbortSignal.any([this.#signal, ended.signal])).then(() => {
      if (!ended.signal.aborted) throw new ProblemError(tooSlow(this.host));
    });
    late.catch(() => {});
    try {
      await Promise.race([mirror.synced, late]);
    } finally {
      ended.abort();
      await this.#end(mirror);
    }
  }

  follow(store: string, plan: PlanId, onReach?: Reach): Keeping {
    let ended = false;
    const begun = this.#mirror(store, plan, true, onReach).then((mirror) => {
      if (ended) void this.#end(mirror);
      return mirror;
    });
    const broken = begun.then((mirror) => mirror.broken);
    broken.catch(() => {});
    return {
      broken,
      [Symbol.dispose]: () => {
        ended = true;
        void begun.then((mirror) => this.#end(mirror)).catch(() => {});
      },
    };
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#mirrors].map((mirror) => this.#end(mirror)));
    await this.#link.dispose();
  }

  async #mirror(store: string, plan: PlanId, alone: boolean, onReach?: Reach): Promise<Mirror> {
    const { store: from } = await this.#link.place();
    const mirror = new Mirror(this.#link, { from, store, plan, alone, ...(onReach ? { onReach } : {}) });
    this.#mirrors.add(mirror);
    return mirror;
  }

  async #end(mirror: Mirror): Promise<void> {
    this.#mirrors.delete(mirror);
    await mirror[Symbol.asyncDispose]();
  }

  async #tellToStop(run: string, now: boolean): Promise<void> {
    try {
      const { store } = await this.#link.place();
      await this.#ask('stop', { store, run, now }, stoppedSchema);
    } catch (error) {
      if (this.#mirrors.size === 0 || !isPassing(problemOf(error))) throw error;
    }
  }

  async #sendPlan(store: string, plan: PlanId): Promise<void> {
    const { store: to } = await this.#link.place();
    await sendFile(this.#link, to, 'plan', path.join(store, 'plans', `${plan}.jsonl`), this.#signal);
  }

  /** Files of these names never change, and a host can name no others: it may not be what it seems. */
  async #fetch(store: string, folder: 'evaluations' | 'geometry', id: string): Promise<void> {
    if (!/^[0-9a-f]{64}$/.test(id)) throw new TypeError(`${folder} has no file of such a name.`);
    const name = `${folder}/${id}.json`;
    const file = path.join(store, name);
    if (existsSync(file)) return;
    const { store: from } = await this.#link.place();
    await fetchFile(this.#link, from, name, file, this.#signal);
  }

  async #ask<T>(method: string, params: object, schema: z.ZodType<T>): Promise<T> {
    return checked(method, schema, await this.#link.request(method, params, { signal: this.#signal }));
  }

  #either(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([this.#signal, signal]) : this.#signal;
  }
}

function tooSlow({ name }: Host) {
  return {
    code: 'host_slow',
    message: `What ${name} knows of this plan did not arrive within ${SYNC_MS / 1000} s.`,
    fix: 'What arrived is kept: the same command goes on from there.',
  };
}
