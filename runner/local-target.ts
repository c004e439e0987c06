/** This machine as the place where merges run. Python starts only when one of its calls needs it. */
import * as z from 'zod';
import { ProblemError } from '../core/problem.ts';
import type { PrepareRequest } from '../core/store/format.ts';
import { calls } from '../core/store/protocol.ts';
import { Agent } from './agent.ts';
import { runJob } from './agent-job.ts';
import type { DownstreamRequest } from './downstream/downstream-request.ts';
import { findHarness, type HarnessPlace } from './downstream/harness.ts';
import type { GeometryRequest } from './geometry-files.ts';
import { type AnyPrepared, type Preparation, readPrepared } from './prepared-cache.ts';
import { findPython } from './python.ts';
import { askToStop } from './run-folders.ts';
import type { DownstreamOutcome, DownstreamWatch, MergeWatch } from './session-types.ts';
import { pythonStart } from './setup/python-start.mjs';
import type { Keeping, Launch, Launched, MergeDocument, Target } from './target.ts';

export const launchedSchema = z.looseObject({
  run: z.string().min(1),
  state: z.enum(['started', 'queued', 'attached']),
  note: z.string().optional(),
});
const mergedSchema = z.looseObject({ out: z.string().min(1) });
const scoredSchema = z.looseObject({
  state: z.enum(['done', 'stopped']),
  failed: z.number().int().nonnegative(),
});
const scoringSchema = z.looseObject({
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
  seconds_left: z.number().nonnegative().nullable(),
  waiting_for: z.string().nullable(),
});
const writingSchema = z.looseObject({
  done: z.number().nonnegative(),
  total: z.number().nonnegative(),
  seconds_left: z.number().nonnegative().nullable(),
});

export class LocalTarget implements Target {
  readonly #named: string | undefined;
  readonly #signal: AbortSignal | undefined;
  #agent: Agent | null = null;

  constructor(options: { readonly python?: string; readonly signal?: AbortSignal } = {}) {
    this.#named = options.python;
    this.#signal = options.signal;
  }

  deviceOfPlans(asked: string): string {
    return asked;
  }

  async prepare<A extends AnyPrepared>(request: PrepareRequest, of: Preparation<A>): Promise<A> {
    const kept = readPrepared(request, of);
    return kept ?? checked('prepare', of.schema, await this.#call('prepare', request));
  }

  async geometry(request: GeometryRequest): Promise<void> {
    checked('geometry', calls.geometry.answer, await this.#call('geometry', request));
  }

  async launch(request: Launch): Promise<Launched> {
    const { run, state, note } = checked(
      'launch',
      launchedSchema,
      await this.#call('launch', { workers: 'auto', ...request }),
    );
    return { run, state, note: note ?? null };
  }

  async stop(store: string, run: string, now: boolean): Promise<void> {
    askToStop(store, run, now);
  }

  /** What runs here writes into the store itself. */
  async sync(): Promise<void> {}

  follow(): Keeping {
    return { broken: new Promise(() => {}), [Symbol.dispose]: () => {} };
  }

  async merge(
    document: MergeDocument,
    { signal, onProgress }: MergeWatch = {},
  ): Promise<{ readonly out: string }> {
    const request = { ...document, progress: onProgress !== undefined };
    const answer = await this.#job('merge', request, writingSchema, { signal, onProgress });
    return checked('merge', mergedSchema, answer);
  }

  async downstream(
    request: DownstreamRequest,
    { signal, onProgress }: DownstreamWatch = {},
  ): Promise<DownstreamOutcome> {
    const answer = await this.#job('downstream', request, scoringSchema, { signal, onProgress });
    return checked('downstream', scoredSchema, answer);
  }

  async harness(): Promise<HarnessPlace> {
    return findHarness(this.#named === undefined ? {} : { named: this.#named }, this.#signal);
  }

  async installHarness(tell: (words: string) => void, signal?: AbortSignal): Promise<void> {
    const { installHarness } = await import('./installing.ts');
    await installHarness(await this.harness(), tell, signal);
  }

  #job<T>(
    name: string,
    request: object,
    progress: z.ZodType<T>,
    watch: { readonly signal: AbortSignal | undefined; readonly onProgress: ((said: T) => void) | undefined },
  ): Promise<Record<string, unknown>> {
    const command = { ...pythonStart(findPython(this.#named)), args: ['-m', 'merge_lab_agent', name] };
    const signals = [this.#signal, watch.signal].filter((each) => each !== undefined);
    return runJob(command, request, {
      signal: AbortSignal.any(signals),
      onProgress: (said) => {
        const { data } = progress.safeParse(said);
        if (data) watch.onProgress?.(data);
      },
    });
  }

  async dispose(): Promise<void> {
    await this.#agent?.dispose();
    this.#agent = null;
  }

  #call(method: string, params: unknown): Promise<unknown> {
    this.#agent ??= Agent.of(findPython(this.#named));
    return this.#agent.request(method, params, this.#signal ? { signal: this.#signal } : {});
  }
}

/** What the agent says is checked at the edge; inside it is trusted. */
export function checked<T>(method: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ProblemError({
    code: 'agent_error',
    message: `The agent's answer to ${method} is not understood: ${issue?.path.join('.')}: ${issue?.message}`,
    fix: 'Agent and client may be of different versions: set up the agent again with `npm run -s merge-lab -- doctor`.',
  });
}
