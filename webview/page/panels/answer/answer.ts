/** The answer as the page says it: which of its four shapes, and every number of it already in words. */
import type { Chosen, Headline, Report, Selection } from '../../../../core/report/report.ts';
import { cellName } from '../../../../words/cell-name.ts';
import { estimated, interval, lossDigits } from '../../../../words/estimates.ts';
import { intervalsText } from '../../../../words/intervals.ts';
import { counted, loss } from '../../../../words/numbers.ts';
import { oneLine, plain, plainLines } from '../../../../words/plain.ts';
import { roughly } from '../../../../words/units.ts';
import type { DashboardState, MergeName, PlanView } from '../../../messages.ts';
import { type HowMany, howMany } from './how-many.ts';

export type Answer =
  /** Nothing is measured, or nothing can be said yet. */
  { readonly kind: 'waiting'; readonly title: string; readonly text: readonly string[] } | Answered;

interface Answered extends Omit<HowMany, 'typicalK'> {
  readonly facts: readonly Fact[];
  readonly subset: Subset | null;
  /** That a subset of another size is better than the one that the buttons take, or smaller and within the goal. */
  readonly instead: string | null;
  readonly others: readonly (Subset & { readonly title: string })[];
  readonly sentence: readonly string[];
  readonly warnings: readonly string[];
  readonly intervals: string;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
}

export interface Subset {
  readonly names: readonly string[];
  /** By which method and at which size. */
  readonly by: string;
  readonly loss: string;
  readonly merge: MergeName;
}

export function answerOf({ report, plan, run }: DashboardState): Answer {
  const busy = ['starting', 'queued', 'running', 'stopping'].includes(run.state);
  if (!report) {
    return {
      kind: 'waiting',
      title: busy ? 'The run has begun' : 'Nothing is measured yet',
      text: [busy ? 'The answer appears here after the first few merges.' : planText(plan)],
    };
  }
  const { headline } = report;
  if (headline.recommended_k === null && headline.subset === null) {
    const [title = '', ...text] = plainLines(headline.sentence).split('\n');
    const measured = report.progress.done > 0;
    const next = busy
      ? 'The answer appears here as soon as a few more merges are scored.'
      : measured
        ? ''
        : planText(plan);
    return { kind: 'waiting', title, text: [...text, next].filter(Boolean) };
  }
  return answered(report, headline);
}

/** What a run would do: `521 models to score, expected to take 1 min.` */
export function planText(plan: PlanView | null): string {
  if (!plan) return 'Run the experiment to measure its merges.';
  const time = plan.seconds === null ? '' : `, expected to take ${roughly(plan.seconds)}`;
  return plan.missing === 0
    ? 'Everything that the experiment asks for is measured.'
    : `A run scores ${plan.pools ? `${plan.missing} models or pools` : counted(plan.missing, 'model')}${time}.`;
}

function answered(report: Report, headline: Headline): Answer {
  const cell = headline.cell === null ? undefined : report.cells[headline.cell];
  const size = report.sizes.find(({ name }) => name === cell?.size);
  const selection = cell?.selection;
  const subsetOf = (chosen: Chosen): Subset => ({
    names: chosen.members.map((d) => plain(report.pool[d] ?? '')),
    by: cell ? cellName(report, cell) : '',
    loss: estimated(chosen.cross_fitted),
    merge: { size: cell?.size ?? '', method: cell?.method ?? 0, members: chosen.members, seed: null },
  });
  const base = size?.base?.objective.value;
  const { kind, large, unit, certainty, typicalK } = howMany(report, cell);
  const common = {
    facts: factsOf(headline, base, typicalK),
    subset: selection?.recommended ? subsetOf(selection.recommended) : null,
    instead: selection ? insteadText(selection) : null,
    others: [
      ...(selection?.better
        ? [{ title: 'Lower loss with another size', ...subsetOf(selection.better.chosen) }]
        : []),
      ...(selection?.fewest && selection.fewest.k !== selection.better?.chosen.k
        ? [{ title: 'Fewer, within the goal', ...subsetOf(selection.fewest) }]
        : []),
    ],
    sentence: plainLines(headline.sentence).split('\n'),
    warnings: warningsOf(report, cell?.curves[0]?.warnings ?? [], cell?.progress.failed ?? 0),
    intervals: intervalsText(report),
  };
  return { kind, large, unit, certainty, ...common };
}

/** Short: the subsets themselves stand below. */
function insteadText({ recommended, better, fewest }: Selection): string | null {
  if (!recommended) return null;
  const these = `the buttons here take these ${recommended.k}`;
  if (better)
    return `${better.chosen.k} ${better.chosen.k === 1 ? 'is' : 'are'} surely better (below); ${these}.`;
  if (fewest)
    return `With fewer, ${fewest.k} ${fewest.k === 1 ? 'stays' : 'stay'} within the goal (below); ${these}.`;
  return null;
}

/** @param typicalK where the recommended subset is of another size than the recommended k, which `next_expert` is of */
function factsOf(
  { loss: expected, next_expert: next }: Headline,
  base: number | undefined,
  typicalK: number | null,
): Fact[] {
  const facts: Fact[] = [];
  if (expected) {
    const digits = Math.max(3, lossDigits(expected.low, expected.high));
    facts.push({
      label: 'Expected loss',
      value: loss(expected.value, digits),
      detail:
        expected.low === null && expected.high === null
          ? 'nats per token'
          : `95%: ${interval([expected.low, expected.high], lossDigits(expected.low, expected.high))}`,
    });
  }
  if (base !== undefined) facts.push({ label: 'Base', value: loss(base), detail: 'nats per token' });
  if (next) {
    const digits = Math.max(4, lossDigits(next.low, next.high));
    const buys = next.value >= 0;
    const [low, high] = buys ? [next.low, next.high] : [flipped(next.high), flipped(next.low)];
    facts.push({
      label: `${typicalK === null ? 'One more, taken blindly,' : `Typical merge: expert ${typicalK + 1}`} ${buys ? 'buys' : 'costs'}`,
      value: loss(Math.abs(next.value), digits),
      detail: low === null && high === null ? 'taken blindly' : `95%: ${interval([low, high], digits)}`,
    });
  }
  return facts;
}

function flipped(value: number | null): number | null {
  return value === null ? null : -value;
}

function warningsOf(report: Report, ofCurve: Report['warnings'], failed: number): string[] {
  const failures = failed > 0 ? [`${counted(failed, 'merge')} failed; the log says why.`] : [];
  const said = [...report.warnings, ...ofCurve].map(({ message }) => oneLine(message, 600));
  return [...new Set([...failures, ...said])];
}
