import { byteCount, parameterCount } from '../../core/experiment/quantities.ts';
import type { Budget } from '../../core/planning/budget.ts';
import { underBudget } from '../../core/planning/planning.ts';
import { ProblemError } from '../../core/problem.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { planningText } from '../report/planning-text.ts';
import { print, printJson } from '../terminal/io.ts';
import { withSession } from '../with-session.ts';

export interface BudgetOptions {
  readonly budget?: boolean;
  readonly gpuHours?: string;
  readonly hoursPerExpert?: string;
  readonly maxParameters?: string;
  readonly memory?: string;
  readonly targetLoss?: string;
}

export function asksForBudget(options: BudgetOptions): boolean {
  const { budget, gpuHours, hoursPerExpert, maxParameters, memory, targetLoss } = options;
  return (
    budget === true ||
    [gpuHours, hoursPerExpert, maxParameters, memory, targetLoss].some((text) => text !== undefined)
  );
}

/** `plan FILE --budget`: what the next expert or the next size costs and buys, from what is measured; runs nothing. */
export async function planBudget(
  context: Context,
  file: string,
  options: CommonOptions & BudgetOptions,
): Promise<ExitCode> {
  const asked = budgetOf(options);
  return withSession(context, file, options, async (session) => {
    const report = await session.report('complete');
    const planning = report.study?.planning;
    if (!planning || planning.options.length === 0) throw nothingMeasured();
    const made = underBudget(planning, { ...planning.budget, ...asked });
    const { io } = context;
    if (options.json) printJson(io, made);
    else print(io, planningText(made, io.style, io.columns, true));
    return 0;
  });
}

/** What was asked for in place of the file's. */
function budgetOf(options: BudgetOptions): Partial<Budget> {
  const of = (
    name: string,
    text: string | undefined,
    read: (text: string) => number | null,
  ): number | null => {
    if (text === undefined) return null;
    const value = read(text);
    if (value !== null && Number.isFinite(value) && value > 0) return value;
    throw new ProblemError({
      code: 'wrong_value',
      message: `"${text}" is no value for ${name}.`,
      fix: `Write a number above zero${name === '--memory' ? ' such as 80GB' : name === '--max-parameters' ? ' such as 14B' : ''}.`,
    });
  };
  const asked = {
    gpu_hours: of('--gpu-hours', options.gpuHours, Number),
    hours_per_expert_per_billion: of('--hours-per-expert', options.hoursPerExpert, Number),
    max_parameters: of('--max-parameters', options.maxParameters, parameterCount),
    memory_bytes: of('--memory', options.memory, byteCount),
    target_loss: of('--target-loss', options.targetLoss, Number),
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null));
}

function nothingMeasured(): ProblemError {
  return new ProblemError({
    code: 'nothing_measured',
    message: 'Nothing is measured yet that a budget could be weighed against.',
    fix: 'Run it first: merge-lab run FILE.',
  });
}
