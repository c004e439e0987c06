import path from 'node:path';
import type { Problem } from '../core/problem.ts';
import { plain, plainLines } from '../words/plain.ts';
import type { Style } from './terminal/style.ts';

/** A problem for the terminal: where, what, and what to do, in that order. */
export function problemText(problem: Problem, style: Style, from: string = process.cwd()): string {
  const where = problem.file ? `${place(problem, from)}: ` : '';
  const head = `${style.red('error')} ${where}${plainLines(problem.message)} ${style.dim(`[${plain(problem.code)}]`)}`;
  return problem.fix ? `${head}\n  ${style.dim('→')} ${plainLines(problem.fix)}` : head;
}

function place(problem: Problem, from: string): string {
  const file = problem.file ?? '';
  const relative = path.isAbsolute(file) ? path.relative(from, file) : file;
  const shown = plain(relative.startsWith('..') ? file : relative, 200);
  return [shown, problem.line, problem.line === undefined ? undefined : problem.column]
    .filter((part) => part !== undefined)
    .join(':');
}
