import * as vscode from 'vscode';
import { problemOf } from '../../core/problem.ts';
import { plain } from '../../words/plain.ts';
import { type Chosen, TITLE } from './picking.ts';
import type { TellProblem } from './subset-source.ts';
import { waited } from './waited.ts';
import { parseWeights, weightsText } from './weights-text.ts';

/** The report under weights that the user types; null where they stay as they are. */
export async function weighDomains(
  { source, report, weights: before }: Chosen,
  tell: TellProblem,
): Promise<Chosen | null> {
  const domains = report.domains.map(({ name }) => name);
  const written = await vscode.window.showInputBox({
    title: TITLE,
    prompt: 'Weights of domains in the objective; 1 where none is given.',
    placeHolder: domains
      .slice(0, 2)
      .map((name, i) => `${plain(name, 30)}=${2 - i}`)
      .join(', '),
    value: weightsText(before ?? source.weights),
    validateInput: (text) => {
      const parsed = parseWeights(text, domains);
      return parsed.ok ? null : parsed.message;
    },
  });
  if (written === undefined) return null;
  const parsed = parseWeights(written, domains);
  if (!parsed.ok) return null;
  try {
    const { weights } = parsed;
    const explored = await waited('Weighing domains', source.explore({ weights }));
    return { source, report: explored, weights };
  } catch (error) {
    tell(problemOf(error));
    return null;
  }
}
