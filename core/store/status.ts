/** What workers and runs say of themselves: `runs/<run id>/status/<worker id>.json` and `events.jsonl`. */
import * as z from 'zod';
import { type PlanId, type RunState, STORE_FORMAT, type WorkerStatus } from './format.ts';
import { sha256Hex } from './hex.ts';
import { problemSchema } from './problem-schema.ts';

export const runStateSchema: z.ZodType<RunState> = z.enum([
  'starting',
  'queued',
  'loading',
  'running',
  'stopping',
  'stopped',
  'done',
  'failed',
]);

const count = z.number().int().nonnegative();

export const workerStatusSchema: z.ZodType<WorkerStatus> = z.strictObject({
  format: z.literal(STORE_FORMAT),
  run: z.string(),
  worker: z.string(),
  plan: sha256Hex<PlanId>(),
  state: runStateSchema,
  heartbeat: count,
  pid: count,
  host: z.string(),
  device: z.string(),
  dtype: z.enum(['float32', 'bfloat16', 'float16']),
  batch_tokens: count,
  done: count,
  failed: count,
  total: count,
  // A status in an older store does not say it.
  at_start: count.default(0),
  current: z
    .strictObject({
      size: z.string(),
      method: count.nullable(),
      subset: z.array(z.string()),
      seed: count.nullable(),
    })
    .nullable(),
  seconds_per_merge: z.number().nonnegative().nullable(),
  seconds_left: z.number().nonnegative().nullable(),
  memory_bytes: z.number().nonnegative().nullable(),
  waiting_for: z.string().nullable(),
  problem: problemSchema.nullable(),
});

/** A status, or null for a file of which only a part is there, or that another version wrote. */
export function parseStatus(text: string): WorkerStatus | null {
  try {
    return workerStatusSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Whether a worker has said its last word. */
export function hasEnded(state: RunState): boolean {
  return state === 'done' || state === 'stopped' || state === 'failed';
}

const TOLD_FIRST = [
  'stopping',
  'running',
  'loading',
  'starting',
  'queued',
  'done',
  'failed',
  'stopped',
] as const satisfies readonly RunState[];

/** Of a run: what any of its workers is still at, else how it ended. What one has done was done for all. */
export function stateOfRun(workers: readonly Pick<WorkerStatus, 'state'>[]): RunState {
  return TOLD_FIRST.find((state) => workers.some((worker) => worker.state === state)) ?? 'starting';
}

/** One line of `events.jsonl`: for people to read; nothing depends on it. */
export interface RunEvent {
  readonly time: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

const runEventSchema: z.ZodType<RunEvent> = z.looseObject({ time: z.string(), event: z.string() });

/** The events of a run, without lines that are damaged or not finished yet. */
export function parseEvents(text: string): RunEvent[] {
  return text.split('\n').flatMap((line) => {
    try {
      return runEventSchema.safeParse(JSON.parse(line)).data ?? [];
    } catch {
      return [];
    }
  });
}
