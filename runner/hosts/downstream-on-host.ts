/** Models of a plan scored on tasks on a host: task folders go up by content, scores come back with the plan's copy. */
import path from 'node:path';
import { ProblemError } from '../../core/problem.ts';
import type { DownstreamRequest, TaskRequest } from '../downstream/downstream-request.ts';
import { taskFiles } from '../downstream/name-tasks.ts';
import type { DownstreamOutcome, DownstreamWatch } from '../session-types.ts';
import type { HostLink } from './host-link.ts';
import { jobOnHost } from './job-on-host.ts';
import { sendFile } from './transfer.ts';

type Watch = DownstreamWatch & { readonly signal: AbortSignal };

/** Throws the job's own problems, with the names that task folders have here, and `cancelled`. */
export async function downstreamOnHost(
  link: HostLink,
  { store: _, tasks, ...rest }: DownstreamRequest,
  { signal, onProgress }: Watch,
): Promise<DownstreamOutcome> {
  const { store } = await link.place();
  const { slurm } = link.host;
  const sent = [];
  for (const task of tasks) sent.push(await sendTask(link, store, task, signal));
  try {
    const last = await jobOnHost(
      link,
      { downstream: { ...rest, tasks: sent, ...(slurm ? { slurm } : {}) } },
      {
        signal,
        onStatus: ({ done, failed, total, seconds_left, waiting_for }) =>
          onProgress?.({ done: done + failed, total, seconds_left, waiting_for }),
      },
    );
    return { state: last?.state === 'stopped' ? 'stopped' : 'done', failed: last?.failed ?? 0 };
  } catch (error) {
    throw error instanceof ProblemError ? asHere(error, store, tasks) : error;
  }
}

/** A folder's files by relative path, each named by its content; a name is the host's own. */
async function sendTask(
  link: HostLink,
  store: string,
  task: TaskRequest,
  signal: AbortSignal,
): Promise<object> {
  if (!('folder' in task)) return task;
  const { folder, ...asked } = task;
  const files = taskFiles(folder);
  for (const [name] of files) await sendFile(link, store, 'data', path.join(folder, name), signal);
  return { ...asked, files: Object.fromEntries(files) };
}

/** The agent keeps a task's files under its key. */
function asHere({ problem }: ProblemError, store: string, tasks: readonly TaskRequest[]): ProblemError {
  const here = (text: string): string =>
    tasks.reduce(
      (said, task) => ('folder' in task ? said.replaceAll(`${store}/tasks/${task.key}`, task.folder) : said),
      text,
    );
  const { message, fix, file } = problem;
  return new ProblemError({
    ...problem,
    message: here(message),
    fix: here(fix),
    ...(file === undefined ? {} : { file: here(file) }),
  });
}
