import type { Range } from '../../core/experiment/diagnostic.ts';
import { placeOfProblem } from '../../core/experiment/model-places.ts';
import type { Problem } from '../../core/problem.ts';
import type { Prepared } from '../../core/store/format.ts';
import { bytes } from '../../words/units.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { type EditorDiagnostic, messageOf } from './editor-diagnostic.ts';

type Placed = Prepared['problems'][number];

/** What looking at models and data found, at the lines that name them, and whether there is room for the results. */
export function preparedDiagnostics(edited: EditedExperiment): EditorDiagnostic[] {
  const prepared = edited.state?.prepared ?? edited.state?.members;
  if (!prepared) return noRoom(edited);
  return [
    ...prepared.problems.map((problem) => placed(edited, problem, 'error')),
    ...prepared.warnings.map((problem) => placed(edited, problem, 'warning')),
    ...noRoom(edited),
  ];
}

function placed(edited: EditedExperiment, problem: Placed, severity: 'error' | 'warning'): EditorDiagnostic {
  const { code, message, fix } = problem;
  return { severity, code, message: messageOf({ message, fix }), range: placeOf(edited, problem) };
}

/** What the problem is about, as the text names it. */
export function placeOf(edited: EditedExperiment, problem: Placed): Range {
  return placeOfProblem(edited, problem) ?? firstLine(edited);
}

function firstLine({ lines }: EditedExperiment): Range {
  return { start: { line: 1, column: 1 }, end: lines.lineEnd(1) };
}

/** Memory is judged by `prepare`, beside the models. */
function noRoom(edited: EditedExperiment): EditorDiagnostic[] {
  const { disk_bytes: needed, free_disk_bytes: free } = edited.state?.plan?.estimate ?? {};
  if (needed === undefined || free === undefined || free === null || needed <= free) return [];
  const problem: Problem = {
    code: 'disk_too_small',
    message: `The results of this sweep need about ${bytes(needed)}; the disk has ${bytes(free)} free.`,
    fix: 'Free some space, ask for fewer subsets, or move the experiment to a larger disk.',
  };
  return [placed(edited, problem, 'error')];
}
