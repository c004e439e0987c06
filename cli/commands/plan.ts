import { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import type { ExperimentSession, PlanOutline, PlanSummary } from '../../runner/experiment-session.ts';
import type { EnsembleSummary } from '../../runner/session-types.ts';
import { count, counted } from '../../words/numbers.ts';
import { plain, plainLines } from '../../words/plain.ts';
import { precisionSentence } from '../../words/precision.ts';
import { bytes, parameters, roughly } from '../../words/units.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { planned } from '../models-there.ts';
import { summaryText } from '../report/ensemble/summary-text.ts';
import { breadth, type Io, print, printJson } from '../terminal/io.ts';
import type { Style } from '../terminal/style.ts';
import { labelled, wrap } from '../terminal/table.ts';
import { withEnsemble, withSession } from '../with-session.ts';
import { asksForBudget, type BudgetOptions, planBudget } from './plan-budget.ts';

/** `plan FILE`: what a run would do and take; nothing is run. */
export async function plan(
  context: Context,
  file: string,
  options: CommonOptions & { readonly device?: string } & BudgetOptions,
): Promise<ExitCode> {
  if (asksForBudget(options)) return planBudget(context, file, options);
  if (EnsembleSession.isOf(file)) return planEnsemble(context, file, options);
  return withSession(context, file, options, async (session) => {
    const summary = await planned(context, session, options);
    if (options.json) printJson(context.io, planDocument(session, summary));
    else print(context.io, planText(session, summary, shownOn(context.io)));
    return 0;
  });
}

async function planEnsemble(
  context: Context,
  file: string,
  options: CommonOptions & { readonly device?: string },
): Promise<ExitCode> {
  return withEnsemble(context, file, options, async (session) => {
    const summary = await planned(context, session, options);
    const { total } = summary.plan;
    const document = { ...documentOf(summary), target: session.target, store: session.store, models: total };
    if (options.json) printJson(context.io, document);
    else print(context.io, summaryText(session, summary, shownOn(context.io)));
    return 0;
  });
}

function planDocument({ target, store }: ExperimentSession, summary: PlanSummary): unknown {
  const { plan, prepared, precision } = summary;
  return { ...documentOf(summary), target, store, merges: plan.total, precision, dtype: prepared.dtype };
}

/** What plans of either kind have. */
function documentOf({
  plan,
  done,
  failed,
  missing,
  estimate,
  prepared,
  warnings,
}: PlanSummary | EnsembleSummary) {
  const { device } = prepared;
  return { plan: plan.id, done, failed, missing, estimate, device, header: plan.header, warnings };
}

interface Shown {
  readonly style: Style;
  /** Of the terminal. */
  readonly columns: number;
}

function shownOn(io: Io): Shown {
  return { style: io.style, columns: breadth(io.out, io) };
}

/** The plan in a few lines, also printed before a run. */
export function planText(
  session: ExperimentSession,
  summary: PlanSummary,
  { style, columns }: Shown,
): string {
  const { plan, done, failed, missing, precision, estimate, prepared } = summary;
  const { header } = plan;
  const tokens = Object.values(prepared.evaluations).reduce(
    (sum, evaluation) => sum + evaluation.scored_tokens,
    0,
  );
  const samples = Object.values(prepared.evaluations).reduce(
    (sum, evaluation) => sum + evaluation.samples,
    0,
  );
  const sizes = Object.entries(header.sizes).map(
    ([name, size]) => (name === 'default' ? '' : `${plain(name)} `) + parameters(size.parameters),
  );
  const state = [
    done > 0 ? `${count(done)} done` : '',
    failed > 0 ? style.red(`${count(failed)} failed`) : '',
    missing > 0 ? `${count(missing)} to do` : 'nothing to do',
  ].filter(Boolean);
  const rows = [
    ...(session.target === 'local' ? [] : [['host', plain(session.target)]]),
    ['sweep', `${precision ? 'at most ' : ''}${sweepText(plan)}: ${state.join(', ')}`],
    ...(precision ? [['precision', precisionSentence(precision)]] : []),
    ['models', `${sizes.join(', ')} parameters, ${counted(header.pool.length, 'expert')}`],
    [
      'scoring',
      `${counted(samples, 'sample')}, ${count(tokens)} scored tokens, ${counted(Object.keys(header.evaluations).length, 'domain')}`,
    ],
    [
      'device',
      `${plain(prepared.device.description)}, ${prepared.dtype.value} (${plainLines(prepared.dtype.reason)})`,
    ],
  ];
  const tasks = session.experiment.evaluation.downstream.map(({ task }) => plain(task, 60));
  if (tasks.length > 0) rows.push(['tasks', `${tasks.join(', ')}, scored by run --downstream`]);
  if (missing > 0) rows.push(['expected', `${precision ? 'at most ' : ''}${expected(estimate)}`]);
  const warnings = summary.warnings.map((warning) =>
    wrap(
      `${style.yellow('note')} ${plainLines(warning.message)}${warning.fix ? ` ${plainLines(warning.fix)}` : ''}`,
      columns,
      '  ',
    ),
  );
  const body = labelled(
    rows.map(([name = '', text = '']) => [style.dim(name), text]),
    columns,
  );
  return [style.bold(plain(session.experiment.name)), body, ...warnings].join('\n');
}

/** Merges, and the models that are scored as they are: base, experts, references. */
function sweepText({ total, unmerged }: PlanOutline): string {
  const merges = counted(total - unmerged, 'merge');
  return unmerged === 0 ? merges : `${merges} and ${counted(unmerged, 'unmerged model')}`;
}

function expected(estimate: PlanSummary['estimate']): string {
  const parts = [
    estimate.seconds === null
      ? 'time unknown until the first merges'
      : estimate.seconds < 1
        ? 'under 1 s'
        : `about ${roughly(estimate.seconds)}`,
  ];
  if (estimate.memory_bytes !== null) {
    const of =
      estimate.available_memory_bytes === null ? '' : ` of ${bytes(estimate.available_memory_bytes)} free`;
    parts.push(`${bytes(estimate.memory_bytes)} memory${of}`);
  }
  parts.push(`${bytes(estimate.disk_bytes)} disk`);
  return parts.join(', ');
}
