import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { print, printJson } from '../terminal/io.ts';
import { counted } from '../terminal/number.ts';
import { statusLine } from '../terminal/progress.ts';
import { withSession } from '../with-session.ts';

/** `status FILE`: what is measured, and whether a run goes on. */
export async function status(context: Context, file: string, options: CommonOptions): Promise<ExitCode> {
  return withSession(context, file, {}, async (session) => {
    const { plan, done, failed, missing } = await session.plan();
    const workers = await session.status();
    const progress = { done, failed, total: plan.lines.length };
    if (options.json) {
      printJson(context.io, { plan: plan.id, store: session.store, ...progress, missing, workers });
      return 0;
    }
    const newest = workers.filter((worker) => worker.run === workers[0]?.run);
    if (newest.length === 0)
      print(
        context.io,
        `${done} of ${counted(plan.lines.length, 'model')} scored; nothing has run here yet.`,
      );
    else print(context.io, `${statusLine({ status: newest, progress })}`);
    return 0;
  });
}
