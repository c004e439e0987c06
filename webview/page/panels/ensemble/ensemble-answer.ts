/** The answer of an ensemble as the page says it, every number already in words. */
import type { ModelScore, ServedPool } from '../../../../core/ensemble/types.ts';
import type { EnsembleDocument } from '../../../../core/report/ensemble-document.ts';
import {
  allSentences,
  averagedPool,
  leftOutSentences,
  ORACLE_NOTE,
  realisableSentences,
} from '../../../../words/ensemble.ts';
import { type Estimate, interval, lossDigits } from '../../../../words/estimates.ts';
import { BEYOND_NOISE } from '../../../../words/noise.ts';
import { count, counted, loss } from '../../../../words/numbers.ts';
import { plain, plainLines } from '../../../../words/plain.ts';
import { chosenPool, isLimited, servedNames, type ToServe, toServe } from '../../../../words/to-serve.ts';
import { bytes, countedParameters } from '../../../../words/units.ts';
import type { DashboardState } from '../../../messages.ts';
import type { Fact } from '../answer/answer.ts';
import { planText } from '../answer/answer.ts';

export interface EnsembleAnswer {
  readonly large: string;
  readonly unit: string;
  readonly certainty: readonly string[];
  readonly facts: readonly Fact[];
  /** What to do with the members. */
  readonly take: string;
  readonly members: readonly string[];
  readonly sentence: readonly string[];
  /** Without an oracle. */
  readonly realisable: readonly string[];
  readonly warnings: readonly string[];
  readonly intervals: string;
}

export type Waiting = { readonly title: string; readonly text: readonly string[] };

export function waitingOf({ run, plan }: Pick<DashboardState, 'run' | 'plan'>): Waiting {
  const busy = ['starting', 'queued', 'running', 'stopping'].includes(run.state);
  return {
    title: busy ? 'The run has begun' : 'Nothing is scored yet',
    text: [busy ? 'The answer appears here after the first two models.' : planText(plan)],
  };
}

export function ensembleAnswer(report: EnsembleDocument): EnsembleAnswer {
  const { done, failed, total } = report.progress;
  const members = servedNames(report);
  return {
    large: count(members.length),
    ...LABELS[toServe(report).kind],
    certainty: [
      isLimited(report.limit) ? 'within the limits of the file' : 'of at most two',
      ...(done + failed < total ? [`so far, ${count(done)} of ${counted(total, 'model')} scored`] : []),
    ],
    facts: factsOf(report),
    members: members.map((name) => plain(name)),
    sentence: allSentences(report),
    realisable: realisableSentences(report),
    warnings: [...leftOutSentences(report), ...report.warnings.map(({ message }) => plainLines(message))],
    intervals: report.stage === 'points' ? `${ORACLE_NOTE} Intervals are being computed.` : ORACLE_NOTE,
  };
}

const LABELS: Readonly<Record<ToServe['kind'], { readonly unit: string; readonly take: string }>> = {
  together: { unit: 'models together, mixed', take: 'Serve together' },
  merge: { unit: 'merge', take: 'Serve' },
  alone: { unit: 'model alone', take: 'Serve alone' },
  nothing: { unit: 'models fit', take: '' },
};

function factsOf(report: EnsembleDocument): Fact[] {
  const pool = chosenPool(report);
  const averaged = averagedPool(report);
  return [
    ...servedFacts(toServe(report)),
    ...(averaged
      ? [fact('Logits averaged', averaged.bits_per_byte, `of ${averaged.members.length}, on all samples`)]
      : []),
    ...(pool && pool.members.length > 1
      ? [fact('Best oracle', pool.cross_fitted, `of ${pool.members.length}, were it known which to ask`)]
      : []),
    ...(report.stage === 'complete' && report.sentence
      ? [
          {
            label: 'More than noise',
            value: BEYOND_NOISE[report.beyond_noise],
            detail: 'of what choosing gains',
          },
        ]
      : []),
  ];
}

/** What is served, what is not, and what it takes. */
function servedFacts(answer: ToServe): Fact[] {
  if (answer.kind === 'nothing') return [];
  if (answer.kind === 'merge') {
    const { merge, model, than } = answer;
    const without = servedFacts(than).filter(({ label }) => label !== COST);
    return [fact('Merged', merge.bits_per_byte, plain(merge.name, 30)), ...without, costOfModel(model)];
  }
  const { model } = answer;
  const single = fact('Alone', model.bits_per_byte, plain(model.name, 30));
  if (answer.kind === 'together') {
    const { pool } = answer;
    return [fact('Together', pool.mixed, 'mixed, on other samples'), single, costOf(pool)];
  }
  const { not } = answer;
  const mixed = not
    ? [fact('Best pool mixed', not.mixed, `${not.members.length} together, on other samples`)]
    : [];
  return [single, ...mixed, costOfModel(model)];
}

const COST = 'It takes';

function costOfModel({ serving_bytes, parameters: { total } }: ModelScore): Fact {
  return costOf({ serving_bytes, parameters: total });
}

function costOf({
  serving_bytes,
  parameters: total,
}: Pick<ServedPool, 'serving_bytes' | 'parameters'>): Fact {
  return { label: COST, value: bytes(serving_bytes), detail: countedParameters(total) };
}

/** The interval on the line below: the value stands alone. */
function fact(label: string, { value, low, high }: Estimate, detail: string): Fact {
  const digits = lossDigits(low, high);
  const known = low === null && high === null ? [] : [interval([low, high], digits)];
  return { label, value: loss(value, digits), detail: [...known, detail].join(' · ') };
}
