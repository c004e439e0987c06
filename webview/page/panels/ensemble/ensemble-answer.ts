/** The answer of an ensemble as the page says it, every number already in words. */
import type { BestPool } from '../../../../core/ensemble/types.ts';
import type { EnsembleDocument } from '../../../../core/report/ensemble-document.ts';
import {
  answerSentences,
  bestSingle,
  chosenPool,
  ORACLE_NOTE,
  realisableSentences,
} from '../../../../words/ensemble.ts';
import { type Estimate, interval, lossDigits } from '../../../../words/estimates.ts';
import { BEYOND_NOISE } from '../../../../words/noise.ts';
import { count, counted, loss } from '../../../../words/numbers.ts';
import { plain, plainLines } from '../../../../words/plain.ts';
import { bytes, parameters } from '../../../../words/units.ts';
import type { DashboardState } from '../../../messages.ts';
import type { Fact } from '../answer/answer.ts';
import { planText } from '../answer/answer.ts';

export interface EnsembleAnswer {
  readonly large: string;
  readonly unit: string;
  readonly certainty: readonly string[];
  readonly facts: readonly Fact[];
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
  const pool = chosenPool(report);
  const { done, failed, total } = report.progress;
  const isPart = done + failed < total;
  return {
    large: count(pool?.members.length ?? 1),
    unit: pool ? `${pool.members.length === 1 ? 'model' : 'models'} in the best pool` : 'model alone',
    certainty: [
      report.goal ? 'within the limits of the file' : 'what a second model would buy',
      ...(isPart ? [`so far, ${count(done)} of ${counted(total, 'model')} scored`] : []),
    ],
    facts: factsOf(report),
    members: (pool?.members ?? []).map((name) => plain(name)),
    sentence: [...answerSentences(report), plainLines(report.sentence)],
    realisable: realisableSentences(report),
    warnings: [
      ...report.left_out.filter(({ code }) => !isPart || code === 'model_failed'),
      ...report.warnings,
    ].map(({ message }) => plainLines(message)),
    intervals: report.stage === 'points' ? `${ORACLE_NOTE} Intervals are being computed.` : ORACLE_NOTE,
  };
}

function factsOf(report: EnsembleDocument): Fact[] {
  const pool = chosenPool(report);
  const best = bestSingle(report);
  const { mixture } = report.controls;
  return [
    ...(pool ? [fact('Its oracle', pool.cross_fitted, 'on other samples'), costOf(pool)] : []),
    ...(best ? [fact('Best single', best.bits_per_byte, plain(best.name, 30))] : []),
    fact('All mixed', mixture.bits_per_byte, 'nobody choosing'),
    ...(report.stage === 'complete'
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

function costOf({ serving_bytes, parameters: total }: BestPool): Fact {
  return { label: 'It takes', value: bytes(serving_bytes), detail: `${parameters(total)} parameters` };
}

/** The interval on the line below: the value stands alone. */
function fact(label: string, { value, low, high }: Estimate, detail: string): Fact {
  const digits = lossDigits(low, high);
  const known = low === null && high === null ? [] : [interval([low, high], digits)];
  return { label, value: loss(value, digits), detail: [...known, detail].join(' · ') };
}
