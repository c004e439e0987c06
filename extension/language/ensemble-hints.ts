/** Numbers beside the lines of an ensemble: the answer at `models:`, each model's loss, what `pool:` gives. */
import type { EnsembleDocument } from '../../core/report/ensemble-document.ts';
import {
  answerSentences,
  bestSingle,
  chosenPool,
  names,
  ORACLE_NOTE,
  realisableSentences,
  servingSentences,
} from '../../words/ensemble.ts';
import { estimated, plusMinus } from '../../words/estimates.ts';
import { BEYOND_NOISE } from '../../words/noise.ts';
import { count } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import { bytes, parameters } from '../../words/units.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { type Hint, hintAtEnd } from './hint.ts';

/** Null where nothing is scored yet. */
export function ensembleHeadline(edited: EditedExperiment): Hint | null {
  const report = edited.state?.ensemble;
  const line = edited.keyRange(['models'])?.start.line;
  if (!report || line === undefined) return null;
  return hintAtEnd(edited, line, ensembleHeadlineText(report), ensembleSentences(report).join('\n'));
}

/** `best pool of 2: a, b · oracle 0.383 ± 0.029 · best single a 0.404 ± 0.030 · more than noise: not shown` */
export function ensembleHeadlineText(report: EnsembleDocument): string {
  const pool = chosenPool(report);
  const best = bestSingle(report);
  const { done, failed, total } = report.progress;
  return [
    pool ? `best pool of ${pool.members.length}: ${names(pool.members, 4)}` : '',
    pool ? `oracle ${plusMinus(pool.cross_fitted)} bits per byte` : '',
    best ? `best single ${plain(best.name, 30)} ${plusMinus(best.bits_per_byte)}` : '',
    report.stage === 'complete' ? `more than noise: ${BEYOND_NOISE[report.beyond_noise]}` : '',
    done + failed < total ? `so far, ${count(done + failed)} of ${count(total)}` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

export function ensembleSentences(report: EnsembleDocument): readonly string[] {
  return [
    ...answerSentences(report),
    report.sentence,
    ...realisableSentences(report),
    ...servingSentences(report),
    ORACLE_NOTE,
  ];
}

/** At the line of each model: bits per byte, and whether it is in the best pool. */
export function modelHints(edited: EditedExperiment): readonly Hint[] {
  const report = edited.state?.ensemble;
  if (!report) return [];
  const members = new Set(chosenPool(report)?.members ?? []);
  const scored = report.models.flatMap(({ name, bits_per_byte, null_of, merge_of }) => {
    const line = edited.keyRange(['models', name])?.start.line;
    if (line === undefined) return [];
    const place = null_of !== null ? 'copy' : merge_of !== null ? 'merge' : members.has(name) ? '✓' : '';
    const text = [plusMinus(bits_per_byte), place].filter(Boolean).join(' ');
    return [hintAtEnd(edited, line, text, modelTooltip(name, estimated(bits_per_byte), place))];
  });
  const failed = report.left_out.flatMap(({ code, model, message }) => {
    const line = edited.keyRange(['models', model])?.start.line;
    return line === undefined || code !== 'model_failed'
      ? []
      : [hintAtEnd(edited, line, 'left out', message)];
  });
  return [...scored, ...failed];
}

const OUTSIDE: Readonly<Record<string, string>> = {
  copy: 'A copy is in no pool: it shows what noise gives.',
  merge: 'A merge is in no pool: it is held against pools by what serving takes.',
};

function modelTooltip(name: string, loss: string, place: string): string {
  const where = OUTSIDE[place] ?? `${plain(name)} is ${place === '' ? 'not ' : ''}in the best pool.`;
  return `${plain(name)} has ${loss} bits per byte by itself.\n${where}`;
}

/** What the limits of the pool give. */
export function poolHint(edited: EditedExperiment): Hint | null {
  const goal = edited.state?.ensemble?.goal;
  const line = edited.keyRange(['pool'])?.start.line;
  if (!goal || line === undefined) return null;
  const text = [
    `${goal.members.length} models`,
    `${parameters(goal.parameters)} parameters`,
    bytes(goal.serving_bytes),
    `oracle ${plusMinus(goal.cross_fitted)}`,
  ].join(' · ');
  return hintAtEnd(
    edited,
    line,
    text,
    `${names(goal.members)}\nOf the best pool within these limits, on samples that it was not chosen on.`,
  );
}
