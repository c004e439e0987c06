/** Numbers beside the lines of an ensemble: the answer at `models:`, each model's loss, what `pool:` gives. */
import type { EnsembleDocument } from '../../core/report/ensemble-document.ts';
import {
  allSentences,
  answerSentences,
  names,
  ORACLE_NOTE,
  realisableSentences,
  servingSentences,
} from '../../words/ensemble.ts';
import { estimated, plusMinus } from '../../words/estimates.ts';
import { BEYOND_NOISE } from '../../words/noise.ts';
import { count, counted } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import { isLimited, servedNames, type ToServe, toServe } from '../../words/to-serve.ts';
import { bytes, countedParameters } from '../../words/units.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { type Hint, hintAtEnd } from './hint.ts';

/** Null where nothing is scored yet. */
export function ensembleHeadline(edited: EditedExperiment): Hint | null {
  const report = edited.state?.ensemble;
  const line = edited.keyRange(['models'])?.start.line;
  if (!report || line === undefined) return null;
  return hintAtEnd(edited, line, ensembleHeadlineText(report), ensembleSentences(report).join('\n'));
}

/** `serve a and b together 0.392 ± 0.029 bits per byte · a alone 0.404 ± 0.030 · more than noise: not shown` */
export function ensembleHeadlineText(report: EnsembleDocument): string {
  const { done, failed, total } = report.progress;
  return [
    ...serveParts(toServe(report)),
    report.stage === 'complete' && report.sentence
      ? `more than noise: ${BEYOND_NOISE[report.beyond_noise]}`
      : '',
    done + failed < total ? `so far, ${count(done + failed)} of ${count(total)}` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function serveParts(answer: ToServe): readonly string[] {
  if (answer.kind === 'nothing') return ['no model is within the limits of pool'];
  if (answer.kind === 'merge')
    return [
      `serve the merge ${plain(answer.merge.name, 30)} ${plusMinus(answer.merge.bits_per_byte)} bits per byte`,
      ...serveParts(answer.than).map((part) => part.replace(/^serve /, 'without it ')),
    ];
  const { model } = answer;
  const single = `${plain(model.name, 30)} alone ${plusMinus(model.bits_per_byte)}`;
  if (answer.kind === 'together')
    return [
      `serve ${names(answer.pool.members, 4)} together, mixed ${plusMinus(answer.pool.mixed)} bits per byte`,
      single,
    ];
  const mixed = answer.not ? [`best pool mixed ${plusMinus(answer.not.mixed)}`] : [];
  return [`serve ${single} bits per byte`, ...mixed];
}

export function ensembleSentences(report: EnsembleDocument): readonly string[] {
  return [...allSentences(report), ...realisableSentences(report), ...servingSentences(report), ORACLE_NOTE];
}

/** At the line of each model: bits per byte, and whether it is to be served. */
export function modelHints(edited: EditedExperiment): readonly Hint[] {
  const report = edited.state?.ensemble;
  if (!report) return [];
  const members = new Set(servedNames(report));
  const scored = report.models.flatMap(({ name, bits_per_byte, null_of, merge_of }) => {
    const line = edited.keyRange(['models', name])?.start.line;
    if (line === undefined) return [];
    const place = members.has(name) ? '✓' : null_of !== null ? 'copy' : merge_of !== null ? 'merge' : '';
    const text = [plusMinus(bits_per_byte), place].filter(Boolean).join(' ');
    return [hintAtEnd(edited, line, text, modelTooltip(name, estimated(bits_per_byte), place))];
  });
  const failed = report.left_out.flatMap(({ code, model, message }) => {
    const line = edited.keyRange(['models', model])?.start.line;
    return line === undefined || code === 'model_not_scored'
      ? []
      : [hintAtEnd(edited, line, 'left out', message)];
  });
  return [...scored, ...failed];
}

const OUTSIDE: Readonly<Record<string, string>> = {
  copy: 'It is in no pool: it shows what noise gives.',
  merge: 'A merge is in no pool: it is held against pools by what serving takes.',
};

function modelTooltip(name: string, loss: string, place: string): string {
  const where = OUTSIDE[place] ?? `${plain(name)} is ${place === '' ? 'not ' : ''}to be served.`;
  return `${plain(name)} has ${loss} bits per byte by itself.\n${where}`;
}

/** What the limits of the pool give. */
export function poolHint(edited: EditedExperiment): Hint | null {
  const report = edited.state?.ensemble;
  const line = edited.keyRange(['pool'])?.start.line;
  if (!report || line === undefined) return null;
  const { goal } = report;
  if (!goal)
    return isLimited(report.limit)
      ? hintAtEnd(edited, line, 'nothing fits', answerSentences(report).join('\n'))
      : null;
  const text = [
    counted(goal.members.length, 'model'),
    countedParameters(goal.parameters),
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
