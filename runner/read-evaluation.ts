import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../core/problem.ts';
import { parseEvaluationSet } from '../core/store/evaluation.ts';
import type { EvaluationId, EvaluationSet } from '../core/store/format.ts';

/** @throws ProblemError `evaluation_missing` */
export function readEvaluation(store: string, id: EvaluationId): EvaluationSet {
  const file = path.join(store, 'evaluations', `${id}.json`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ProblemError(
      {
        code: 'evaluation_missing',
        message: `The evaluation set ${id.slice(0, 12)} is not in the store.`,
        fix: 'Run the experiment again where its evaluation data is; results that are there will be found.',
        file,
      },
      { cause },
    );
  }
  return parseEvaluationSet(id, text);
}
