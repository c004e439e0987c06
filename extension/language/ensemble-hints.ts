/** Numbers beside the lines of an ensemble: the answer at `models:`, each model's loss, what `pool:` gives. */
import type { ModelScore } from '../../core/ensemble/types.ts';
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
import { copyText } from '../../words/relations.ts';
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
  const scored = report.models.flatMap((model) => {
    const { name, bits_per_byte, merge_of } = model;
    const line = edited.keyRange(['models', name])?.start.line;
    if (line === undefined) return [];
    const isServed = members.has(name);
    const place = isServed ? '✓' : copyText(model) || (merge_of === null ? '' : 'merge');
    const text = [plusMinus(bits_per_byte), place].filter(Boolean).join(' ');
    const where = isServed ? `${plain(name)} is to be served.` : whereOf(model);
    const tooltip = `${plain(name)} has ${estimated(bits_per_byte)} bits per byte by itself.\n${where}`;
    return [hintAtEnd(edited, line, text, tooltip)];
  });
  const failed = report.left_out.flatMap(({ code, model, message }) => {
    const line = edited.keyRange(['models', model])?.start.line;
    return line === undefined || code === 'model_not_scored'
      ? []
      : [hintAtEnd(edited, line, 'left out', message)];
  });
  return [...scored, ...failed];
}

/** Of one that is not to be served. */
function whereOf({ name, null_of, merge_of }: ModelScore): string {
  if (null_of !== null) return 'It is in no pool: it shows what noise gives.';
  if (merge_of !== null) return 'A merge is in no pool: it is held against pools by what serving takes.';
  return `${plain(name)} is not to be served.`;
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
